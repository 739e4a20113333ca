// SPDX-License-Identifier: Apache-2.0
#include "sidecar/wishes/wish.h"

#include <fmt/format.h>

#include "killswitch/refusal.h"
#include "killswitch/scope.h"
#include "shm/clock.h"
#include "shm/decimal.h"
#include "shm/latch.h"
#include "sidecar/config/moment.h"

namespace bulwark::wishes {

using Json = nlohmann::ordered_json;
using kill::Refusal;

Name name_argument(const std::string& option, const std::string& text) {
  if (!valid_name(text)) throw Refusal(kill::exit_usage, option + ": 1 to 32 printable ASCII characters are wanted");
  return Name::from(text);
}

static Sentence reason_argument(const std::string& text) {
  if (text.empty() || text.size() > 127 || !printable_ascii(text)) {
    throw Refusal(kill::exit_usage, "--reason: 1 to 127 printable ASCII characters are wanted");
  }
  return Sentence::from(text);
}

int128 decimal_argument(const std::string& option, const std::string& text) {
  const Decimal decimal = parse_decimal(text, money_raw_max);
  if (decimal.error != DecimalError::None) {
    throw Refusal(kill::exit_usage, fmt::format("{} \"{}\" {}", option, shm::printable(text), describe(decimal.error)));
  }
  return decimal.raw;
}

void put_decimal(int128 raw, shm::ControlRequest& request) {
  request.max_low = static_cast<std::uint64_t>(raw);
  request.max_high = static_cast<std::uint64_t>(static_cast<uint128>(raw) >> 64);
}

void sign(const std::string& operator_name, const std::string& reason, shm::ControlRequest& request) {
  request.operator_name = name_argument("--operator", operator_name);
  request.reason = reason_argument(reason);
}

Wish make(const kill::Instance& instance, shm::Wish what, std::string command, const std::vector<std::string>& on) {
  Wish wish{instance, kill::control_request(what), std::move(command)};
  const kill::StopScope scope = kill::parse_scope(on);
  if (!scope.whole()) kill::check_scope(scope, instance.board);
  kill::put_scope(scope, wish.request);
  return wish;
}

Wish make_override(const kill::Instance& instance, const Override& what, const std::string& operator_name,
                   const std::string& reason) {
  const int128 max = decimal_argument("--max", what.max);
  if (max < 0) throw Refusal(kill::exit_usage, "--max: a number from 0 on is wanted");
  const std::optional<TimeNs> until = config::parse_moment(what.until, shm::wall_now());
  if (!until) {
    throw Refusal(kill::exit_usage,
                  fmt::format("--until \"{}\": wanted is one of {}", shm::printable(what.until), config::moment_forms));
  }
  Wish wish = make(instance, shm::Wish::Override, "override", what.on);
  wish.request.limit = name_argument("--limit", what.limit);
  sign(operator_name, reason, wish.request);
  put_decimal(max, wish.request);
  wish.request.until_ns = until->ns;
  wish.done = fmt::format("limit {} of {}: max {} until {}", what.limit, kill::parse_scope(what.on).text(),
                          format_decimal(max), config::show_moment(*until));
  wish.facts = {{"limit", what.limit}, {"max", format_decimal(max)}, {"until", until->ns}};
  return wish;
}

kill::DoorAnswer ask(const Wish& wish) {
  const std::string who = "the sidecar of \"" + wish.instance.name + "\" ";
  if (!wish.instance.sidecar_alive()) {
    throw Refusal(kill::exit_not_running,
                  who + "is not running; nothing was changed (`killswitch stop` works without it)");
  }
  kill::DoorAnswer answer = kill::ask_sidecar(wish.instance.folder, wish.request);
  if (!answer.heard) {
    throw Refusal(kill::exit_no, who +
                                     "does not answer; what it has not begun by now it will not do "
                                     "(`killswitch stop` works without it)");
  }
  if (answer.done || answer.proposal != 0) return answer;
  std::string message = wish.command + " refused:";
  for (const std::string& line : answer.lines) message += (answer.lines.size() == 1 ? " " : "\n  ") + line;
  throw Refusal(kill::exit_refused, message);
}

Json document(const Wish& wish, const kill::DoorAnswer& answer) {
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
  return document;
}

}  // namespace bulwark::wishes
