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
#include "shm/decimal.h"
#include "shm/latch.h"
#include "sidecar/operator/command.h"
#include "sidecar/wishes/wish.h"

namespace bulwark::command {

using Json = nlohmann::ordered_json;
using kill::Refusal;
using wishes::Wish;

static void print(const Wish& wish, const kill::DoorAnswer& answer, bool json) {
  if (json) {
    std::cout << wishes::document(wish, answer).dump() << std::endl;
    return;
  }
  if (answer.done) std::cout << wish.instance.name << ": " << wish.done << "\n";
  for (const std::string& line : answer.lines) std::cout << "  " << sentence_of(line) << "\n";
  if (answer.proposal != 0) std::cout << how_to_confirm(answer, wish.instance.name) << "\n";
  std::cout << std::flush;
}

static int ask(const Wish& wish, bool json) {
  const kill::DoorAnswer answer = wishes::ask(wish);
  print(wish, answer, json);
  return answer.done ? done : answer_is_no;
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
  const kill::Instance instance = open_ready(options.instance, options.config);
  Wish wish = wishes::make(instance, what, command, options.on);
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
  const kill::Instance instance = open_ready(options.instance, options.config);
  Wish wish = wishes::make(instance, shm::Wish::Resume, "resume", options.on);
  wishes::sign(options.operator_name, options.reason, wish.request);
  kill::ResumeOptions resume{options.reason, options.operator_name, options.on, options.new_baseline, {}, false};
  if (!options.stage.empty()) resume.stage = from_name(stage_names, options.stage, ResumeStage::Full);
  kill::Resumed resumed = kill::resume_trading(wish.instance, resume);
  wish.done = std::move(resumed.sentence);
  print(wish, {true, true, 0, std::move(resumed.lines)}, options.json);
  return done;
}

int control_override(const ControlOptions& options) {
  const kill::Instance instance = open_ready(options.instance, options.config);
  return ask(wishes::make_override(instance, {options.limit, options.max, options.until, options.on},
                                   options.operator_name, options.reason),
             options.json);
}

int control_liquidate(const ControlOptions& options) {
  const kill::StopScope scope = kill::parse_scope(options.on);
  if (scope.sector.size == 0) return pull(options, true);
  return ask_to_stop(options, shm::Wish::Liquidate, "liquidate",
                     "stopped " + scope.text() + ", and brings it to nothing");
}

int control_confirm(const ControlOptions& options) {
  const kill::Instance instance = open_ready(options.instance, options.config);
  Wish wish = wishes::make(instance, shm::Wish::Confirm, "confirm", options.on);
  wishes::sign(options.operator_name, options.reason, wish.request);
  wish.request.proposal = options.proposal;
  wish.done = fmt::format("proposal {} is confirmed and done", options.proposal);
  wish.facts = {{"confirmed", options.proposal}};
  return ask(wish, options.json);
}

int equity(const ControlOptions& options) {
  const int128 amount = wishes::decimal_argument("--amount", options.amount);
  if (amount == 0) throw Refusal(wrong_usage, "--amount: 0 is neither a deposit nor a withdrawal");
  const kill::Instance instance = open_ready(options.instance, options.config);
  Wish wish = wishes::make(instance, shm::Wish::Equity, "equity", options.on);
  wish.request.account = wishes::name_argument("--account", options.account);
  wishes::sign(options.operator_name, options.reason, wish.request);
  wishes::put_decimal(amount, wish.request);
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
