// SPDX-License-Identifier: Apache-2.0
// The life of an alert: it begins, comes again, is acknowledged, ends, is forgotten.
#include "sidecar/console/alerts/desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "sidecar/console/alerts/policy.h"

namespace bulwark::alerts {

using config::Severity;
using Stage = Alert::Stage;

static constexpr std::size_t alert_count_max = 5'000;
static constexpr std::int64_t shown_s = 86'400;

Desk::Desk(const config::Alerts& settings, std::string instance)
    : settings_(settings), instance_(std::move(instance)), boxes_(settings.targets.size()) {
  for (const config::AlertTarget& target : settings_.targets) {
    const auto& last = settings_.escalate_to;
    last_.push_back(std::find(last.begin(), last.end(), target.name) != last.end());
  }
}

static Severity severity_of(const config::AlertRule& rule, const Signal& signal) {
  return signal.milder && rule.severity != Severity::Info ? static_cast<Severity>(static_cast<int>(rule.severity) - 1)
                                                          : rule.severity;
}

void Desk::tell(What what, const Signal& signal, TimeNs t, TimeNs now) {
  if (what != What::Ended) return begin(what, signal, t, now);
  const auto found = alerts_.find(signal.key());
  if (found == alerts_.end() || found->second.stage != Stage::On) return;
  Alert& alert = found->second;
  alert.stage = Stage::Over;
  alert.last = now;
  alert.again_owed = false;
  if (!signal.text.empty()) alert.signal.text = signal.text;
  if (!signal.value.is_null()) alert.signal.value = signal.value;
  remember(alert, "ended", now);
}

// Where there is no room, what has not ended is kept; the new one is counted, and that is an alert itself.
Alert& Desk::make(const Signal& signal) {
  std::string key = signal.key();
  Signal kept = signal;
  if (alerts_.size() >= alert_count_max && !alerts_.contains(key)) {
    kept = {};
    kept.rule = "alerts";
    kept.on = {{"alerts", "too many"}};
    kept.text = fmt::format("More than {} alerts stand: further ones are only counted here", alert_count_max);
    key = kept.key();
  }
  const auto [found, is_new] = alerts_.try_emplace(key);
  Alert& alert = found->second;
  if (is_new) alert.id = next_id_++;
  alert.signal = std::move(kept);
  return alert;
}

void Desk::begin(What what, const Signal& signal, TimeNs t, TimeNs now) {
  const config::AlertRule& rule = settings_.rules[*config::alert_rule_index(signal.rule)];
  if (rule.off) return;
  Alert& alert = make(signal);
  const Severity severity = severity_of(settings_.rules[*config::alert_rule_index(alert.signal.rule)], alert.signal);
  const bool first = alert.count == 0, worse = !first && severity > alert.severity;
  const bool anew = first || worse || alert.stage == Stage::Over || what == What::Happened;
  if (first || alert.stage == Stage::Over) alert.since = t;
  // Somebody has the whole time to answer, from when it became what it is, or came again after they had answered.
  if (first || worse || alert.stage == Stage::Over || (anew && !alert.acknowledged_by.empty())) {
    alert.began = now;
    alert.escalated = false;
  }
  if (anew) alert.acknowledged_by.clear();
  // While it stands it is as bad as it has been, so that what flaps is escalated in time.
  alert.severity = alert.stage == Stage::On && !first ? std::max(alert.severity, severity) : severity;
  alert.last = t;
  ++alert.count;
  if (what == What::Began) alert.stage = Stage::On;
  else if (alert.stage != Stage::On) alert.stage = Stage::Happened;
  ++changes_;
  if (!anew && !alert.acknowledged_by.empty()) return;
  if (first) remember(alert, "raised", now);
  alert.again_owed = true;
  if (worse) alert.told = {};
}

void Desk::hold(const Standing& standing, TimeNs now) {
  std::set<std::string> standing_keys;
  for (const Signal& signal : standing.signals) {
    const std::string key = signal.key();
    standing_keys.insert(key);
    const auto found = alerts_.find(key);
    const bool known = found != alerts_.end() && found->second.stage == Stage::On;
    if (!known || severity_of(settings_.rules[*config::alert_rule_index(signal.rule)], signal) > found->second.severity)
      begin(What::Began, signal, now, now);
    else found->second.signal = signal;  // its numbers move on
  }
  for (auto& [key, alert] : alerts_) {
    const bool by_look = alert.stage == Stage::On && seen_by_looks(alert.signal.rule);
    if (!by_look || standing_keys.contains(key) || standing.kept.contains(key) ||
        standing.unknown_rules.contains(alert.signal.rule)) {
      continue;
    }
    alert.stage = Stage::Over;
    alert.last = now;
    alert.again_owed = false;
    remember(alert, "ended", now);
  }
}

bool Desk::acknowledge(std::uint64_t id, const std::string& person, TimeNs now) {
  for (auto& [key, alert] : alerts_) {
    if (alert.id != id || !shown(alert, now)) continue;
    if (!alert.acknowledged_by.empty()) return true;
    alert.acknowledged_by = person.empty() ? "somebody" : person;
    alert.again_owed = alert.again_owed && alert.told.ns == 0;
    remember(alert, "acknowledged", now);
    return true;
  }
  return false;
}

// Repetition, escalation and end of one alert.
void Desk::look_after(Alert& alert, TimeNs now) {
  const bool open = alert.acknowledged_by.empty() && alert.stage != Stage::Over;
  // What came and went before anybody was told is told as well, and then that it is over.
  const bool never_told = alert.told.ns == 0;
  if ((alert.again_owed || never_told) && (never_told || passed(alert.told, settings_.repeat_s, now))) {
    pass_on(alert, never_told ? "raised" : "again", now);
    alert.again_owed = false;
    alert.told = now;
    alert.end_owed = alert.stage != Stage::Happened;
  }
  if (open && alert.severity == Severity::Critical && !alert.escalated && settings_.escalate_after_s != 0 &&
      passed(alert.began, settings_.escalate_after_s, now)) {
    alert.escalated = true;
    pass_on(alert, "escalated", now);
  }
  if (alert.stage == Stage::Over && alert.end_owed && passed(alert.last, settings_.repeat_s, now)) {
    alert.end_owed = false;
    pass_on(alert, "cleared", now);
  }
}

bool Desk::shown(const Alert& alert, TimeNs now) const {
  if (alert.stage == Stage::On) return true;
  const bool wanted = alert.stage == Stage::Happened || alert.severity == Severity::Critical;
  return wanted && alert.acknowledged_by.empty() && !passed(alert.last, shown_s, now);
}

bool Desk::forgettable(const Alert& alert, TimeNs now) const {
  return !shown(alert, now) && !alert.end_owed && !alert.again_owed && passed(alert.told, settings_.repeat_s, now);
}

Json Desk::list(TimeNs now) const {
  std::vector<const Alert*> shown_ones;
  for (const auto& [key, alert] : alerts_)
    if (shown(alert, now)) shown_ones.push_back(&alert);
  std::sort(shown_ones.begin(), shown_ones.end(), [](const Alert* a, const Alert* b) {
    return a->since.ns != b->since.ns ? a->since > b->since : a->id > b->id;
  });
  Json rows = Json::array();
  for (const Alert* alert : shown_ones) {
    Json row = document(*alert, alert->stage == Stage::Over ? "over" : alert->stage == Stage::On ? "on" : "happened");
    row["acknowledged_by"] = alert->acknowledged_by.empty() ? Json(nullptr) : Json(alert->acknowledged_by);
    row["escalated"] = alert->escalated;
    rows.push_back(std::move(row));
  }
  return rows;
}

Json Desk::document(const Alert& alert, const std::string& what) const {
  std::string text = alert.signal.text;
  if (what == "escalated")
    text = fmt::format("Nobody has acknowledged this for {} s: {}", settings_.escalate_after_s, text);
  if (what == "cleared") text = "Over: " + text;
  return {{"id", alert.id},
          {"what", what},
          {"severity", config::severity_names[static_cast<std::size_t>(alert.severity)]},
          {"rule", alert.signal.rule},
          {"instance", instance_},
          {"t", what == "cleared" ? alert.last.ns : alert.since.ns},
          {"text", std::move(text)},
          {"on", alert.signal.on},
          {"limit", alert.signal.limit.empty() ? Json(nullptr) : Json(alert.signal.limit)},
          {"value", alert.signal.value},
          {"max", alert.signal.max},
          {"count", alert.count}};
}

void Desk::remember(const Alert& alert, const std::string& what, TimeNs now) {
  ++changes_;
  Json line = document(alert, what);
  line["t"] = now.ns;
  if (!alert.acknowledged_by.empty()) line["acknowledged_by"] = alert.acknowledged_by;
  history_.push_back(std::move(line));
}

}  // namespace bulwark::alerts
