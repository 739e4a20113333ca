// SPDX-License-Identifier: Apache-2.0
// What single records of the journal mean to people.
#include <fmt/format.h>

#include <algorithm>

#include "sidecar/config/moment.h"
#include "sidecar/console/alerts/rules.h"
#include "sidecar/console/alerts/words.h"

namespace bulwark::alerts {

static constexpr std::size_t starts_kept = 1'000, stops_kept = 1'000;

static Json part(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found == row.end() ? Json(nullptr) : *found;
}

static Json scope_of(const Json& row) {
  const Json on = part(row, "on");
  return on.is_object() ? on : Json::object();
}

static TimeNs moment_of(const Json& row) {
  const Json t = part(row, "t");
  return {t.is_number_integer() ? t.get<std::int64_t>() : 0};
}

static std::string person_words(const Json& row) {
  const std::string name = text_of(row, "operator"), reason = text_of(row, "reason");
  return " by " + (name.empty() ? "somebody" : name) + (reason.empty() ? "" : " (" + reason + ")");
}

Rules::Rules(const config::AlertRules& rules, std::string instance) : rules_(rules), instance_(std::move(instance)) {}

std::int64_t Rules::max_of(std::string_view rule) const { return rules_[*config::alert_rule_index(rule)].max; }

void Rules::happened(const Json& row, const Tell& tell) {
  const std::string type = text_of(row, "type");
  if (type == "verdict") {
    if (text_of(row, "decision") == "rejected") refused(row, moment_of(row));
  } else if (type == "warning" || type == "breach" || type == "cleared") {
    limit_row(row, type, tell);
  } else if (type == "control") {
    control_row(row, tell);
  } else if (type == "stop") {
    stop_row(row, tell);
  } else if (type == "equity") {
    equity_row(row, tell);
  } else {
    other_row(row, type, tell);
  }
  before_ = type == "remark" ? row : Json(nullptr);
}

void Rules::refused(const Json& row, TimeNs t) {
  const std::int64_t second = t.ns / 1'000'000'000;
  if (each_.empty() || each_.back().first != second) each_.emplace_back(second, 0);
  ++each_.back().second;
  while (each_.size() > 60) each_.pop_front();
  const std::string client = text_of(row, "client");
  last_refusal_ = text_of(row, "reason") + (client.empty() ? "" : " to client " + client);
}

void Rules::limit_row(const Json& row, const std::string& type, const Tell& tell) {
  const TimeNs t = moment_of(row);
  Signal signal;
  signal.limit = text_of(row, "limit");
  signal.on = scope_of(row);
  if (signal.limit.empty()) {  // of the engine itself, or a fill that nobody knows
    const bool stray = row.contains("id");
    signal.rule = stray ? "warning" : "drift";
    if (stray) signal.on = {{"client", text_of(row, "client")}};
    signal.text =
        text_of(row, "message") +
        (stray ? " (order " + text_of(row, "id") + "). It forbids nothing; find out whose it is, and compare " +
                     "positions with the venue: bulwark reconcile"
               : ". It forbids nothing; bulwark replay says whether decisions were affected");
    return tell(What::Happened, signal, t);
  }
  signal.value = part(row, "value");
  signal.max = part(row, "max");
  const std::string measured =
      fmt::format("{} of {} is {}, ", text_of(row, "metric"), scope_words(signal.on), number_words(signal.value));
  const std::string look = ". Look: bulwark status --controls --instance " + instance_;
  if (type == "breach") {
    signal.rule = "breach";
    signal.text = fmt::format("Limit \"{}\" is passed: {}allowed is {}. {}{}", signal.limit, measured,
                              number_words(signal.max), action_words(text_of(row, "action")), look);
    return tell(What::Began, signal, t);
  }
  if (type == "warning") {
    signal.rule = "warning";
    signal.text = fmt::format("Limit \"{}\" is near: {}allowed is {}. It forbids nothing yet{}", signal.limit, measured,
                              number_words(signal.max), look);
    return tell(What::Began, signal, t);
  }
  signal.text =
      fmt::format("Limit \"{}\" is kept again: {}allowed is {}", signal.limit, measured, number_words(signal.max));
  for (const char* rule : {"breach", "warning"}) {
    signal.rule = rule;
    tell(What::Ended, signal, t);
  }
}

void Rules::stop_begins(const Signal& signal, TimeNs t, const Tell& tell) {
  if (std::pair stop{signal.on, signal.detail}; std::find(stops_.begin(), stops_.end(), stop) == stops_.end())
    stops_.push_back(std::move(stop));
  if (stops_.size() > stops_kept) stops_.erase(stops_.begin());
  tell(What::Began, signal, t);
}

// All that stand for that scope; false: there was none.
bool Rules::stops_end(const Json& on, TimeNs t, const Tell& tell) {
  const auto ended =
      std::stable_partition(stops_.begin(), stops_.end(), [&](const auto& one) { return one.first != on; });
  const std::vector<std::pair<Json, std::string>> over(ended, stops_.end());
  stops_.erase(ended, stops_.end());
  for (const auto& [scope, detail] : over) {
    Signal signal;
    signal.rule = "stop";
    signal.on = scope;
    signal.detail = detail;
    signal.text = "The stop of " + scope_words(scope) + " was ended by a resume";
    tell(What::Ended, signal, t);
  }
  return !over.empty();
}

// Where trading is allowed the record says no more than that: a halt of a part, or how it stood when the sidecar began.
void Rules::stop_row(const Json& row, const Tell& tell) {
  Signal signal;
  const std::string epoch = number_words(part(row, "epoch"));
  signal.detail = epoch;
  if (!row.value("trading", false)) {
    signal.rule = "stop";
    signal.text = "Stop " + epoch + " stopped all trading. " + state_words("halted", instance_, signal.on);
    stop_begins(signal, moment_of(row), tell);
  } else if (stops_end(signal.on, moment_of(row), tell)) {
    signal.rule = "resume";
    signal.text = "Stop " + epoch + " was ended: trading is allowed again";
    tell(What::Happened, signal, moment_of(row));
  }
}

void Rules::control_row(const Json& row, const Tell& tell) {
  const std::string command = text_of(row, "command");
  Signal signal;
  signal.on = scope_of(row);
  const TimeNs t = moment_of(row);
  const std::string where = scope_words(signal.on), who = person_words(row);
  signal.detail = command + who;
  if (command == "override") {
    signal.rule = "override";
    signal.limit = text_of(row, "limit");
    signal.max = part(row, "max");
    const Json until = part(row, "until");
    signal.text =
        fmt::format("Limit \"{}\" of {} was set to {}{}{}; it is judged by that number", signal.limit,
                    row.contains("on") ? where : "everything that it covers", number_words(signal.max),
                    until.is_number_integer() ? " until " + config::show_moment({until.get<std::int64_t>()}) : "", who);
  } else if (command == "resume") {
    signal.rule = "resume";
    const std::string stage = text_of(row, "stage");
    signal.text = fmt::format("Trading was resumed for {}{}{}", where, stage.empty() ? "" : " at stage " + stage, who);
    stops_end(signal.on, t, tell);
  } else {
    signal.rule = "stop";
    signal.text = fmt::format("{} for {}{}. {}",
                              command == "reduce_only" ? "Only reducing orders are allowed"
                              : command == "liquidate" ? "Trading was halted and positions are to be closed"
                                                       : "Trading was halted",
                              where, who, state_words(command, instance_, signal.on));
    return stop_begins(signal, t, tell);
  }
  tell(What::Happened, signal, t);
}

// Who asked for it, and why, stands in the remark before it.
void Rules::equity_row(const Json& row, const Tell& tell) const {
  Signal signal;
  signal.rule = "equity";
  signal.on = {{"account", text_of(row, "account")}};
  signal.value = part(row, "amount");
  const std::string amount = number_words(signal.value);
  const bool out = amount.starts_with('-');
  const std::string who =
      before_.is_null() ? "" : " (" + text_of(before_, "operator") + ": " + text_of(before_, "text") + ")";
  signal.text =
      fmt::format("{} was {} account {}{}: its equity, and the limits that follow it, are counted with that",
                  out ? amount.substr(1) : amount, out ? "taken out of" : "put into", text_of(row, "account"), who);
  signal.detail = amount + who;
  tell(What::Happened, signal, moment_of(row));
}

void Rules::other_row(const Json& row, const std::string& type, const Tell& tell) {
  Signal signal;
  const TimeNs t = moment_of(row);
  if (type == "lease") {
    signal.rule = "lease";
    signal.text = fmt::format(
        "The lease ran out, {} times by now: for a moment every client refused its own orders. Is the machine "
        "overloaded?",
        number_words(part(row, "lapses")));
    signal.milder = true;
  } else if (type == "client_stop" && text_of(row, "outcome") != "acknowledged") {
    const bool silent = text_of(row, "outcome") == "silent";
    signal.rule = "client";
    signal.on = {{"client", text_of(row, "client")}};
    signal.milder = !silent;
    signal.text = fmt::format(
        "Client {} {} stop {}. Orders of it that were on their way may still reach the venue: look at its process and "
        "at its working orders there",
        text_of(row, "client"), silent ? "did not acknowledge" : "was gone before it acknowledged",
        number_words(part(row, "epoch")));
  } else if (type == "liquidation") {
    signal.rule = "liquidation";
    signal.on = {{"account", text_of(row, "account")}};
    signal.text = fmt::format(
        "Positions of account {} are being closed ({}); the last order: {} {} {}. Look: "
        "bulwark status --book --instance {}",
        text_of(row, "account"), text_of(row, "cause"), text_of(row, "side"), text_of(row, "quantity"),
        text_of(row, "symbol"), instance_);
  } else if (type == "configuration") {
    const std::string file = text_of(row, "file"), before = std::exchange(configuration_, file);
    if (before.empty() || before == file) return;
    signal.rule = "configuration";
    signal.detail = file;
    signal.text = "Another configuration is in force: " + file + " in the journal's folder";
  } else if (type == "remark") {
    signal.rule = "remark";
    signal.detail = text_of(row, "text");
    const std::string name = text_of(row, "operator");
    signal.on = {{"operator", name}};
    signal.text = (name.empty() ? "The sidecar notes: " : name + " notes: ") + text_of(row, "text");
  } else {
    if (type == "start") starts_.push_back(t);
    if (starts_.size() > starts_kept) starts_.pop_front();
    return;
  }
  tell(What::Happened, signal, t);
}

Json Rules::save() const {
  Json starts = Json::array();
  for (const TimeNs start : starts_) starts.push_back(start.ns);
  Json stops = Json::array();
  for (const auto& [on, detail] : stops_) stops.push_back({{"on", on}, {"detail", detail}});
  return {{"configuration", configuration_}, {"starts", starts}, {"stops", stops}};
}

void Rules::load(const Json& saved) {
  configuration_ = saved.at("configuration").get<std::string>();
  for (const Json& start : saved.at("starts")) starts_.push_back({start.get<std::int64_t>()});
  for (const Json& stop : saved.value("stops", Json::array()))
    stops_.emplace_back(stop.at("on"), stop.at("detail").get<std::string>());
}

}  // namespace bulwark::alerts
