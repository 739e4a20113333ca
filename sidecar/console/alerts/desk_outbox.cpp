// SPDX-License-Identifier: Apache-2.0
// Who is to be told, and when: groups, quiet hours, rates, and what becomes of what a destination did not take. And the
// desk as it is kept across a restart.
#include <algorithm>

#include "sidecar/console/alerts/desk.h"
#include "sidecar/console/alerts/policy.h"

namespace bulwark::alerts {

using config::Severity;
using Stage = Alert::Stage;

static constexpr std::size_t tellings_in_message_max = 50;
static constexpr int backoff_doublings_max = 6;  // up to about a minute between two attempts
static constexpr int failures_told = 3;
static constexpr std::int64_t minute_s = 60, day_s = 86'400;

bool Desk::wants(std::size_t target, const Alert& alert, const std::string& what) const {
  const config::AlertTarget& to = settings_.targets[target];
  if (alert.signal.rule == "alerts" && alert.signal.on.value("destination", "") == to.name) return false;
  const bool of_its_rules = to.rules.empty() || std::count(to.rules.begin(), to.rules.end(), alert.signal.rule) != 0;
  const bool usual = to.severity && alert.severity >= *to.severity && of_its_rules;
  if (what == "escalated") return settings_.escalate_to.empty() ? usual : last_[target] && of_its_rules;
  // A program that was called to act does not take an end for a beginning.
  const bool told_before = alert.escalated && last_[target] && to.kind != config::AlertTarget::Kind::Command;
  return usual || (told_before && of_its_rules);
}

void Desk::pass_on(Alert& alert, const std::string& what, TimeNs now) {
  remember(alert, what, now);
  for (std::size_t k = 0; k < boxes_.size(); ++k)
    if (wants(k, alert, what)) pass_to(k, alert, what, now);
}

// Of one alert at most one telling of a kind waits: the last one.
void Desk::pass_to(std::size_t target, const Alert& alert, const std::string& what, TimeNs now) {
  Outbox& box = boxes_[target];
  const auto first = box.waiting.begin() + static_cast<std::ptrdiff_t>(box.on_the_way);
  const auto raises = [](const std::string& word) { return word == "raised" || word == "again"; };
  for (auto waiting = first; waiting != box.waiting.end(); ++waiting) {
    if (waiting->id != alert.id || !(waiting->what == what || (raises(what) && raises(waiting->what)))) continue;
    waiting->document = document(alert, waiting->what);
    waiting->severity = std::max(waiting->severity, alert.severity);
    return;
  }
  box.waiting.push_back({alert.id, what, alert.severity, now, document(alert, what)});
}

bool Desk::quiet(TimeNs now) const {
  const config::QuietHours& hours = settings_.quiet;
  if (hours.start_s == hours.end_s) return false;
  const std::int64_t utc_s = now.ns / 1'000'000'000;
  std::int64_t offset_s = 0;
  for (const core::ZoneOffset& zone : hours.zone)
    if (zone.from_s <= utc_s) offset_s = zone.offset_s;
  const std::int64_t local_s = ((utc_s + offset_s) % day_s + day_s) % day_s;
  const bool after = local_s >= hours.start_s, before = local_s < hours.end_s;
  return hours.start_s < hours.end_s ? after && before : after || before;
}

// May anything go out to it now, be it ever so urgent?
bool Desk::ready(Outbox& box, TimeNs now) const {
  if (box.on_the_way != 0 || box.waiting.empty()) return false;
  if (box.failures == 0) return true;
  return passed(box.failed, std::int64_t{1} << std::min(box.failures - 1, backoff_doublings_max), now);
}

// Puts what goes out now in front; how many. Only what is critical goes out in quiet hours, or beyond the rate.
std::size_t Desk::choose(Outbox& box, TimeNs now) const {
  while (!box.sent.empty() && passed(box.sent.front(), minute_s, now)) box.sent.pop_front();
  const bool only_critical = quiet(now) || box.sent.size() >= static_cast<std::size_t>(settings_.rate_per_minute);
  const auto goes = [&](const Telling& one) { return !only_critical || one.severity == Severity::Critical; };
  const auto waited = [&](const Telling& one) { return goes(one) && passed(one.queued, settings_.group_s, now); };
  if (std::none_of(box.waiting.begin(), box.waiting.end(), waited)) return 0;
  const auto rest = std::stable_partition(box.waiting.begin(), box.waiting.end(), goes);
  return std::min(static_cast<std::size_t>(rest - box.waiting.begin()), tellings_in_message_max);
}

std::vector<Message> Desk::due(TimeNs now) {
  for (auto& [key, alert] : alerts_) look_after(alert, now);
  changes_ += std::erase_if(alerts_, [&](const auto& each) { return forgettable(each.second, now); });
  std::vector<Message> messages;
  for (std::size_t k = 0; k < boxes_.size(); ++k) {
    Outbox& box = boxes_[k];
    if (!ready(box, now)) continue;
    box.on_the_way = choose(box, now);
    if (box.on_the_way == 0) continue;
    Message message{k, {}};
    for (std::size_t i = 0; i < box.on_the_way; ++i) message.documents.push_back(box.waiting[i].document);
    messages.push_back(std::move(message));
  }
  return messages;
}

void Desk::delivered(std::size_t target, const std::string& error, TimeNs now) {
  Outbox& box = boxes_[target];
  const std::size_t count = std::exchange(box.on_the_way, 0);
  Signal signal;
  signal.rule = "alerts";
  signal.on = {{"destination", settings_.targets[target].name}};
  if (!error.empty()) {
    box.error = error;
    box.failed = now;
    signal.text = "Alerts do not reach " + settings_.targets[target].name + " (" + error +
                  "). They wait, and it is tried again; look at that destination";
    if (++box.failures == failures_told) tell(What::Began, signal, now, now);
    return;
  }
  ++changes_;
  Json ids = Json::array();
  for (std::size_t i = 0; i < count; ++i) ids.push_back({box.waiting[i].id, box.waiting[i].what});
  history_.push_back({{"t", now.ns}, {"what", "delivered"}, {"to", settings_.targets[target].name}, {"alerts", ids}});
  box.waiting.erase(box.waiting.begin(), box.waiting.begin() + static_cast<std::ptrdiff_t>(count));
  box.failures = 0;
  box.error.clear();
  box.sent.push_back(now);
  tell(What::Ended, signal, now, now);
}

// ------------------------------------------------------------------------------------------------ kept

static Json saved_alert(const Alert& alert) {
  const Signal& signal = alert.signal;
  return {{"id", alert.id},
          {"rule", signal.rule},
          {"on", signal.on},
          {"limit", signal.limit},
          {"value", signal.value},
          {"max", signal.max},
          {"text", signal.text},
          {"detail", signal.detail},
          {"severity", static_cast<int>(alert.severity)},
          {"stage", static_cast<int>(alert.stage)},
          {"times", {alert.since.ns, alert.last.ns, alert.began.ns, alert.told.ns}},
          {"count", alert.count},
          {"again_owed", alert.again_owed},
          {"end_owed", alert.end_owed},
          {"escalated", alert.escalated},
          {"acknowledged_by", alert.acknowledged_by}};
}

static Severity severity_of(const Json& number) { return static_cast<Severity>(std::clamp(number.get<int>(), 0, 2)); }

static Alert read_alert(const Json& saved) {
  Alert alert;
  alert.id = saved.at("id").get<std::uint64_t>();
  alert.signal.rule = saved.at("rule").get<std::string>();
  alert.signal.on = saved.at("on");
  alert.signal.limit = saved.at("limit").get<std::string>();
  alert.signal.value = saved.at("value");
  alert.signal.max = saved.at("max");
  alert.signal.text = saved.at("text").get<std::string>();
  alert.signal.detail = saved.at("detail").get<std::string>();
  alert.severity = severity_of(saved.at("severity"));
  alert.stage = static_cast<Stage>(std::clamp(saved.at("stage").get<int>(), 0, 2));
  const Json& times = saved.at("times");
  TimeNs* const places[] = {&alert.since, &alert.last, &alert.began, &alert.told};
  for (std::size_t k = 0; k < 4; ++k) places[k]->ns = times.at(k).get<std::int64_t>();
  alert.count = saved.at("count").get<std::uint64_t>();
  alert.again_owed = saved.at("again_owed").get<bool>();
  alert.end_owed = saved.at("end_owed").get<bool>();
  alert.escalated = saved.at("escalated").get<bool>();
  alert.acknowledged_by = saved.at("acknowledged_by").get<std::string>();
  return alert;
}

Json Desk::save() const {
  Json alerts = Json::array(), waiting = Json::object();
  for (const auto& [key, alert] : alerts_) alerts.push_back(saved_alert(alert));
  for (std::size_t k = 0; k < boxes_.size(); ++k) {
    Json rows = Json::array();
    for (const Telling& one : boxes_[k].waiting)
      rows.push_back({one.what, static_cast<int>(one.severity), one.queued.ns, one.document});
    waiting[settings_.targets[k].name] = std::move(rows);
  }
  return {{"next_id", next_id_}, {"alerts", std::move(alerts)}, {"waiting", std::move(waiting)}};
}

// What waited for a destination that is configured no more is nobody's; of rules that are off or gone nothing stands.
void Desk::load(const Json& saved) {
  next_id_ = saved.at("next_id").get<std::uint64_t>();
  for (const Json& row : saved.at("alerts")) {
    Alert alert = read_alert(row);
    const auto rule = config::alert_rule_index(alert.signal.rule);
    if (rule && !settings_.rules[*rule].off) alerts_.emplace(alert.signal.key(), std::move(alert));
  }
  for (std::size_t k = 0; k < boxes_.size(); ++k) {
    const auto found = saved.at("waiting").find(settings_.targets[k].name);
    if (found == saved.at("waiting").end()) continue;
    for (const Json& row : *found) {
      boxes_[k].waiting.push_back({row.at(3).at("id").get<std::uint64_t>(),
                                   row.at(0).get<std::string>(),
                                   severity_of(row.at(1)),
                                   {row.at(2).get<std::int64_t>()},
                                   row.at(3)});
    }
  }
}

}  // namespace bulwark::alerts
