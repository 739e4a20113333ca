// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/uses.h"

#include "sidecar/simulate/output_json.h"

namespace bulwark::report {

using Json = nlohmann::ordered_json;

// So that the journal of a busy day is read in minutes: from then on once a second has to do.
static constexpr std::uint64_t close_looks_max = 50'000;

static double number_of(const Value& value) {
  return value.kind == ValueKind::Fraction ? value.fraction() : core::to_model(value.raw());
}

static bool moves_a_book(const core::Engine& engine, const core::Event& event) {
  const bool accepted = engine.has_verdict() && engine.verdict().decision != Decision::Rejected;
  return accepted || event.type == core::EventType::Fill || !engine.lines().empty();
}

void Uses::follow(core::Engine& engine, const core::Event& event) {
  const bool due = engine.now().ns - 1'000'000'000 >= looked_.ns;
  if (due || (looks_ < close_looks_max && moves_a_book(engine, event))) look(engine);
}

void Uses::look(core::Engine& engine) {
  looked_ = engine.now();
  ++looks_;
  const core::Limits& limits = engine.limits();
  for (const core::Reading& reading : engine.readings(core::Kind::Breaker)) {
    const Value max = engine.shown_max(reading.limit, reading.slot);
    const bool known = reading.value.kind != ValueKind::Null && reading.value.kind != ValueKind::Absent;
    if (!known) continue;
    const double value = number_of(reading.value), bound = number_of(max);
    const double share = bound > 0 ? value / bound : value > 0 ? 1 : 0;
    const Scope& on = limits.slots[reading.slot].on;
    const core::Keys keys = core::Keys::of(on);
    const Use use{reading.value, max, share, engine.now(), on};
    const auto [place, fresh] = largest_.try_emplace({limits.all[reading.limit].index, keys.first, keys.second}, use);
    if (!fresh && share > place->second.share) place->second = use;
  }
}

Json Uses::json(const core::Engine& engine) const {
  const core::Names& names = engine.names();
  const simulate::OutputJson words(names, {});
  Json rows = Json::array();
  for (const core::CompiledLimit& limit : engine.limits().all) {
    const auto objected = objections_.find(limit.index);
    const std::uint64_t objections = objected == objections_.end() ? 0 : objected->second;
    const auto row = [&](const Scope& on) {
      return Json{{"limit", names.limits.name(limit.index)},
                  {"on", words.scope(on)},
                  {"metric", name_of(metric_names, limit.metric)},
                  {"action", name_of(action_names, limit.action)}};
    };
    const std::size_t before = rows.size();
    for (auto use = largest_.lower_bound({limit.index, 0, 0});
         use != largest_.end() && std::get<0>(use->first) == limit.index; ++use) {
      Json one = row(use->second.on);
      one["largest"] = simulate::OutputJson::value(use->second.value);
      one["max"] = simulate::OutputJson::value(use->second.max);
      one["use"] = use->second.share;
      one["at"] = use->second.at.ns;
      one["objections"] = objections;
      rows.push_back(std::move(one));
    }
    if (rows.size() != before) continue;
    Json one = row(limit.named);
    for (const char* key : {"largest", "max", "use", "at"}) one[key] = nullptr;
    one["max"] = simulate::OutputJson::value(
        engine.shown_max(static_cast<std::uint32_t>(&limit - engine.limits().all.data()), limit.slot_base));
    one["objections"] = objections;
    rows.push_back(std::move(one));
  }
  return {{"looks", looks_}, {"limits", rows}};
}

}  // namespace bulwark::report
