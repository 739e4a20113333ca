// SPDX-License-Identifier: Apache-2.0
// What a person asks of a running instance. A halt is pulled on the kill page, like `killswitch stop`; everything else
// goes to the sidecar through its one control queue, and is answered with what came of it.
#include "sidecar/operator/control.h"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "killswitch/commands.h"
#include "killswitch/refusal.h"
#include "killswitch/scope.h"
#include "shm/clock.h"
#include "shm/decimal.h"
#include "shm/latch.h"
#include "sidecar/config/moment.h"
#include "sidecar/operator/command.h"

namespace bulwark::command {

using Json = nlohmann::ordered_json;
using kill::Refusal;

namespace {

// A wish on its way: the request, and what the answer is headed with.
struct Wanted {
  kill::Instance instance;
  shm::ControlRequest request;
  std::string command;
  std::string done{};  // for people, where it was done
  Json facts = Json::object();
};

}  // namespace

static Name name_argument(const std::string& option, const std::string& text) {
  if (!valid_name(text)) throw Refusal(wrong_usage, option + ": 1 to 32 printable ASCII characters are wanted");
  return Name::from(text);
}

static Sentence reason_argument(const std::string& text) {
  if (text.empty() || text.size() > 127 || !printable_ascii(text)) {
    throw Refusal(wrong_usage, "--reason: 1 to 127 printable ASCII characters are wanted");
  }
  return Sentence::from(text);
}

static int128 decimal_argument(const std::string& option, const std::string& text) {
  const Decimal decimal = parse_decimal(text, money_raw_max);
  if (decimal.error != DecimalError::None) {
    throw Refusal(wrong_usage, fmt::format("{} \"{}\" {}", option, shm::printable(text), describe(decimal.error)));
  }
  return decimal.raw;
}

static void put_decimal(int128 raw, shm::ControlRequest& request) {
  request.max_low = static_cast<std::uint64_t>(raw);
  request.max_high = static_cast<std::uint64_t>(static_cast<uint128>(raw) >> 64);
}

static Wanted wanted(const ControlOptions& options, shm::Wish wish, std::string command) {
  Wanted result{open_ready(options.instance, options.config), kill::control_request(wish), std::move(command)};
  const kill::StopScope scope = kill::parse_scope(options.on);
  if (!scope.whole()) kill::check_scope(scope, result.instance.board);
  kill::put_scope(scope, result.request);
  return result;
}

static void sign(const ControlOptions& options, shm::ControlRequest& request) {
  request.operator_name = name_argument("--operator", options.operator_name);
  request.reason = reason_argument(options.reason);
}

static void print(const Wanted& wish, const kill::DoorAnswer& answer, bool json) {
  if (json) {
    Json document{{"schema", 1}, {"instance", wish.instance.name}, {"command", wish.command}, {"done", answer.done}};
    document.update(wish.facts);
    if (answer.proposal != 0) document["proposal"] = answer.proposal;
    Json lines = Json::array(), said = Json::array();
    for (const std::string& line : answer.lines) {
      const Json event = Json::parse(line, nullptr, false);
      if (event.is_object()) lines.push_back(event);
      else said.push_back(line);
    }
    document["lines"] = lines;
    document["said"] = said;
    std::cout << document.dump() << std::endl;
    return;
  }
  if (answer.done) std::cout << wish.instance.name << ": " << wish.done << "\n";
  for (const std::string& line : answer.lines) std::cout << "  " << sentence_of(line) << "\n";
  if (answer.proposal != 0) std::cout << how_to_confirm(answer, wish.instance.name) << "\n";
  std::cout << std::flush;
}

static int ask(const Wanted& wish, bool json) {
  const std::string who = "the sidecar of \"" + wish.instance.name + "\" ";
  if (!wish.instance.sidecar_alive()) {
    throw Refusal(not_running, who + "is not running; nothing was changed (`killswitch stop` works without it)");
  }
  const kill::DoorAnswer answer = kill::ask_sidecar(wish.instance.folder, wish.request);
  if (!answer.heard) {
    throw Refusal(answer_is_no, who +
                                    "does not answer; what it has not begun by now it will not do "
                                    "(`killswitch stop` works without it)");
  }
  if (answer.done || answer.proposal != 0) {
    print(wish, answer, json);
    return answer.done ? done : answer_is_no;
  }
  std::string message = wish.command + " refused:";
  for (const std::string& line : answer.lines) message += (answer.lines.size() == 1 ? " " : "\n  ") + line;
  throw Refusal(refused, message);
}

// The stop that needs neither sidecar nor watchdog; it never asks back.
static int pull(const ControlOptions& options, bool liquidate) {
  const kill::Instance instance = kill::open_instance(kill::choose_instance(options.instance, options.config));
  kill::StopOptions stop;
  stop.reason = options.reason;
  stop.operator_name = options.operator_name;
  stop.on = options.on;
  stop.liquidate = liquidate;
  stop.json = options.json;
  return kill::stop_instance(instance, stop);
}

// What the kill page has no words for goes through the sidecar: a sector.
static int ask_to_stop(const ControlOptions& options, shm::Wish what, const char* command, const std::string& done) {
  Wanted wish = wanted(options, what, command);
  wish.request.operator_name = Name::from(shm::printable(options.operator_name));
  wish.request.reason = Sentence::from(shm::printable(options.reason));
  wish.done = done;
  return ask(wish, options.json);
}

int control_halt(const ControlOptions& options) {
  const kill::StopScope scope = kill::parse_scope(options.on);
  if (scope.sector.size == 0) return pull(options, false);
  return ask_to_stop(options, shm::Wish::Halt, "halt", "halted " + scope.text());
}

int control_reduce_only(const ControlOptions& options) {
  const std::string scope = kill::parse_scope(options.on).text();
  return ask_to_stop(options, shm::Wish::ReduceOnly, "reduce_only", scope + " may only reduce");
}

int control_resume(const ControlOptions& options) {
  Wanted wish = wanted(options, shm::Wish::Resume, "resume");
  sign(options, wish.request);
  kill::ResumeOptions resume{options.reason, options.operator_name, options.on, options.new_baseline, {}, false};
  if (!options.stage.empty()) resume.stage = from_name(stage_names, options.stage, ResumeStage::Full);
  kill::Resumed resumed = kill::resume_trading(wish.instance, resume);
  wish.done = std::move(resumed.sentence);
  print(wish, {true, true, 0, std::move(resumed.lines)}, options.json);
  return done;
}

int control_override(const ControlOptions& options) {
  const int128 max = decimal_argument("--max", options.max);
  if (max < 0) throw Refusal(wrong_usage, "--max: a number from 0 on is wanted");
  const std::optional<TimeNs> until = config::parse_moment(options.until, shm::wall_now());
  if (!until) {
    throw Refusal(wrong_usage, fmt::format("--until \"{}\": wanted is one of {}", shm::printable(options.until),
                                           config::moment_forms));
  }
  Wanted wish = wanted(options, shm::Wish::Override, "override");
  wish.request.limit = name_argument("--limit", options.limit);
  sign(options, wish.request);
  put_decimal(max, wish.request);
  wish.request.until_ns = until->ns;
  wish.done = fmt::format("limit {} of {}: max {} until {}", options.limit, kill::parse_scope(options.on).text(),
                          format_decimal(max), config::show_moment(*until));
  wish.facts = {{"limit", options.limit}, {"max", format_decimal(max)}, {"until", until->ns}};
  return ask(wish, options.json);
}

int control_liquidate(const ControlOptions& options) {
  const kill::StopScope scope = kill::parse_scope(options.on);
  if (scope.sector.size == 0) return pull(options, true);
  return ask_to_stop(options, shm::Wish::Liquidate, "liquidate",
                     "stopped " + scope.text() + ", and brings it to nothing");
}

int control_confirm(const ControlOptions& options) {
  Wanted wish = wanted(options, shm::Wish::Confirm, "confirm");
  sign(options, wish.request);
  wish.request.proposal = options.proposal;
  wish.done = fmt::format("proposal {} is confirmed and done", options.proposal);
  wish.facts = {{"confirmed", options.proposal}};
  return ask(wish, options.json);
}

int equity(const ControlOptions& options) {
  const int128 amount = decimal_argument("--amount", options.amount);
  if (amount == 0) throw Refusal(wrong_usage, "--amount: 0 is neither a deposit nor a withdrawal");
  Wanted wish = wanted(options, shm::Wish::Equity, "equity");
  wish.request.account = name_argument("--account", options.account);
  sign(options, wish.request);
  put_decimal(amount, wish.request);
  wish.done = fmt::format("{} {} {} account {}", amount < 0 ? "withdrew" : "deposited",
                          format_decimal(magnitude(amount)), amount < 0 ? "from" : "into", options.account);
  wish.facts = {{"account", options.account}, {"amount", format_decimal(amount)}};
  return ask(wish, options.json);
}

// ------------------------------------------------------------------------------------------------ text

std::string how_to_confirm(const kill::DoorAnswer& answer, const std::string& instance) {
  return fmt::format(
      "not done yet; somebody else agrees with: bulwark control confirm {} --instance {} --operator NAME "
      "--reason TEXT",
      answer.proposal, instance);
}

static std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

static std::string scope_text(const Json& on) {
  std::string text;
  for (const auto& [key, name] : on.items()) text += (text.empty() ? "" : ", ") + key + " " + plain(name);
  return text.empty() ? "everything" : text;
}

std::string sentence_of(const std::string& line) {
  const Json event = Json::parse(line, nullptr, false);
  if (!event.is_object()) return line;
  const std::string type = event.value("type", "");
  if (type == "state") {
    return fmt::format("{} is {} ({})", scope_text(event["on"]), plain(event["state"]), plain(event["cause"]));
  }
  if (type == "warning" || type == "breach" || type == "cleared") {
    if (!event.contains("limit")) return line;
    return fmt::format("{}: limit {} of {}: {} of {}", type, plain(event["limit"]), scope_text(event["on"]),
                       plain(event["value"]), plain(event["max"]));
  }
  if (type == "liquidation") {
    return fmt::format("{}: {} {} {} of account {} at {} ({})", plain(event["id"]), plain(event["side"]),
                       plain(event["quantity"]), plain(event["symbol"]), plain(event["account"]),
                       event["price"].is_null() ? "the market" : plain(event["price"]), plain(event["cause"]));
  }
  if (type == "cancel_request") {
    return fmt::format("order {} is asked to be cancelled ({})", plain(event["id"]), plain(event["cause"]));
  }
  return line;
}

}  // namespace bulwark::command
