// SPDX-License-Identifier: Apache-2.0
// Configurations as what they change: limits with both values, models by their versions; and overrides.
#include <utility>

#include "shm/decimal.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/journal/file.h"
#include "sidecar/ledger/rows.h"
#include "sidecar/ledger/words.h"
#include "sidecar/simulate/recorded_rules.h"

namespace bulwark::ledger {

namespace {

using Values = std::map<std::string, std::string>;

// A limit as its keys in the configuration.
Values values_of(const core::Limit& limit) {
  Values values{{"metric", std::string(name_of(metric_names, limit.metric))},
                {"max", format_decimal(limit.max)},
                {"warn", format_decimal(limit.warn)},
                {"action", std::string(name_of(action_names, limit.action))},
                {"dynamic", limit.dynamic ? "true" : "false"}};
  const auto on = [&values](const char* key, const std::string& name) {
    if (!name.empty()) values[std::string("on.") + key] = name;
  };
  on("symbol", limit.on.symbol);
  on("sector", limit.on.sector);
  on("account", limit.on.account);
  on("strategy", limit.on.strategy);
  on("client", limit.on.client);
  if (limit.window.ns != 0) values["window"] = format_decimal(limit.window.ns / (1'000'000'000 / unit));
  if (limit.action == Action::Scale) values["factor"] = format_decimal(limit.factor);
  if (limit.action == Action::Liquidate) values["to"] = format_decimal(limit.to);
  if (limit.confidence != 0) values["confidence"] = format_decimal(limit.confidence);
  return values;
}

}  // namespace

Rows::Rows(std::string directory)
    : directory_(directory), names_(std::move(directory), [this](const std::string& frozen) {
        before_ = std::exchange(rules_, simulate::recorded_rules(frozen));
        return rules_;
      }) {
  const journal::ReplayFacts& beginning = names_.beginning();
  record_.sequence = beginning.sequence;
  if (beginning.configuration != 0) configuration_ = hex(beginning.configuration);
  if (rules_.model) model_ = hex(core::version_of(*rules_.model));
}

void Rows::take_configuration(const journal::Record& record, RowSink& sink) {
  configuration_ = hex(record.note.a);
  sink.begin(Table::Configuration, record.sequence, record.t);
  sink.text(configuration_);
  sink.text(journal::read_configuration(directory_, record.note.a));
  sink.end();
  compare(sink);
  take_model(sink);
}

// Limits that are new have no old values; those that are gone no new ones.
void Rows::compare(RowSink& sink) const {
  std::map<std::string, std::pair<Values, Values>> limits;
  for (const core::Limit& limit : before_.limits) limits[limit.name].first = values_of(limit);
  for (const core::Limit& limit : rules_.limits) limits[limit.name].second = values_of(limit);
  const bool by_person = remark_sequence_ + 1 == record_.sequence;
  std::int32_t n = 0;
  for (const auto& [name, values] : limits) {
    Values keys = values.first;
    keys.insert(values.second.begin(), values.second.end());
    for (const auto& [key, any] : keys) {
      const auto old = values.first.find(key), now = values.second.find(key);
      const bool had = old != values.first.end(), has = now != values.second.end();
      if (had && has && old->second == now->second) continue;
      sink.begin(Table::LimitChange, record_.sequence, record_.t);
      sink.count(++n);
      sink.text("configuration");
      sink.text(name);
      sink.null();
      sink.text(key);
      had ? sink.text(old->second) : sink.null();
      has ? sink.text(now->second) : sink.null();
      sink.null();
      sink.name(by_person ? operator_ : "");
      sink.name(by_person ? reason_ : "");
      sink.end();
    }
  }
}

void Rows::take_model(RowSink& sink) {
  const std::string version = rules_.model ? hex(core::version_of(*rules_.model)) : "";
  if (version == model_) return;
  model_ = version;
  if (version.empty()) return;
  sink.begin(Table::ModelVersion, record_.sequence, record_.t);
  sink.text(version);
  sink.text(configuration_);
  sink.decimal(rules_.model->confidence);
  sink.count(static_cast<std::int32_t>(rules_.model->symbols.size()));
  sink.count(static_cast<std::int32_t>(rules_.model->factor_count));
  sink.count(static_cast<std::int32_t>(rules_.model->scenarios.size()));
  sink.end();
}

// The last override of that scope, or of the whole limit, that has not run out; else what is configured.
std::string Rows::max_in_force(const core::ControlEvent& control) const {
  if (const auto found = overrides_.find(control.limit); found != overrides_.end()) {
    for (auto each = found->second.rbegin(); each != found->second.rend(); ++each) {
      const bool concerns = each->whole || (!control.whole_limit && each->on == control.on);
      if (concerns && event_.t < each->until) return format_decimal(each->max);
    }
  }
  const core::Limit* configured = names_.limit(control.limit);
  return configured == nullptr ? "" : format_decimal(configured->max);
}

void Rows::take_override(const core::ControlEvent& control, RowSink& sink) {
  const int128 max = core::join(control.max_low, control.max_high);
  sink.begin(Table::LimitChange, record_.sequence, event_.t);
  sink.count(1);
  sink.text("override");
  sink.text(names().limits.name(control.limit));
  control.whole_limit ? sink.null() : write_scope(control.on, sink);
  sink.text("max");
  sink.name(max_in_force(control));
  sink.text(format_decimal(max));
  sink.moment(control.until);
  sink.name(control.operator_name.view());
  sink.name(control.reason.view());
  sink.end();
  auto& list = overrides_[control.limit];
  std::erase_if(list, [&](const Override& each) { return each.until <= event_.t; });
  list.push_back({control.on, control.whole_limit, control.until, max});
}

}  // namespace bulwark::ledger
