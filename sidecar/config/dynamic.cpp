// SPDX-License-Identifier: Apache-2.0
// [dynamic] and [liquidation]: how limits follow the market, and how a liquidation goes about it.
#include <fmt/format.h>

#include "shm/decimal.h"
#include "sidecar/config/model_reading.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {
namespace {

constexpr DecimalRange floor_range{1, unit, "a share above 0, at most 1"};
constexpr DecimalRange hysteresis_range{0, unit - 1, "a share from 0 to below 1"};
constexpr DecimalRange window_range{1, static_cast<int128>(7 * 86'400) * unit,
                                    "a number of seconds above 0, at most 604800 (7 days)"};
constexpr DecimalRange above_range{0, 1'000'000 * unit, "a number from 0 to 1000000"};
constexpr DecimalRange probability_range{0, unit - 1, "a probability from 0 to below 1"};
constexpr DecimalRange factor_range{1, unit - 1, "a share between 0 and 1"};
constexpr DecimalRange participation_range{1, unit, "a share of the instrument's adv above 0, at most 1"};
constexpr DecimalRange collar_range{0, unit - 1, "a share of the price from 0 to below 1"};
constexpr std::int64_t day_ns = 86'400'000'000'000;
constexpr std::int64_t nanoseconds = 1'000'000'000 / unit;  // of the raw decimal of a second

std::vector<core::Dynamic::Step> read_ladder(Section& section, const DecimalRange& range) {
  const std::vector<int128> above = section.decimals("above", range);
  const std::vector<int128> factors = section.decimals("factor", factor_range);
  section.require("above", "the values from which it shrinks, like [1.5, 2.5]");
  section.require("factor", "the factor of each of them, like [0.75, 0.5]");
  section.finish();
  std::vector<core::Dynamic::Step> ladder;
  bool good = above.size() == factors.size();
  for (std::size_t k = 0; good && k < above.size(); ++k) {
    good = k == 0 || (above[k] > above[k - 1] && factors[k] < factors[k - 1]);
    ladder.push_back({static_cast<std::int64_t>(above[k]), static_cast<std::int64_t>(factors[k])});
  }
  if (!good) section.mistake("factor", "each step needs a value above the one before, and a factor below it");
  return good ? ladder : std::vector<core::Dynamic::Step>{};
}

std::string list_text(const std::vector<core::Dynamic::Step>& ladder, std::int64_t core::Dynamic::Step::*what) {
  std::string result = "[";
  for (const core::Dynamic::Step& step : ladder) result += quoted(format_decimal(step.*what)) + ", ";
  return result + "]";
}

std::string seconds_text(DurationNs duration) { return quoted(format_decimal(duration.ns / nanoseconds)); }

}  // namespace

std::optional<core::Dynamic> read_dynamic(Section& section, const core::Rules& rules, Report& report) {
  if (!section.present()) return std::nullopt;
  core::Dynamic dynamic;
  const bool model_is_good = report.mistakes.empty();  // else it may be there, and only not read
  dynamic.floor = static_cast<std::int64_t>(section.decimal("floor", floor_range, dynamic.floor));
  dynamic.hysteresis = static_cast<std::int64_t>(section.decimal("hysteresis", hysteresis_range, dynamic.hysteresis));
  const int128 window = section.decimal("window", window_range, dynamic.window.ns / nanoseconds);
  dynamic.window.ns = static_cast<std::int64_t>(window * nanoseconds);
  for (std::size_t k = 0; k < dynamic.ladders.size(); ++k) {
    const std::string_view input = market_input_names[k];
    const Node* table = section.table(input);
    if (table == nullptr) continue;
    Section ladder(report, table, section.path_of(input), table->place);
    const bool learned = MarketInput(k) == MarketInput::Regime;
    if (learned) {
      const std::int64_t days = ladder.integer("stale_after_days", dynamic.regime_stale_after.ns / day_ns, 1, 30);
      dynamic.regime_stale_after.ns = days * day_ns;
    }
    dynamic.ladders[k] = read_ladder(ladder, learned ? probability_range : above_range);
    if (learned && model_is_good && !(rules.model && rules.model->regime))
      section.mistake(input,
                      "follows a learned model: `regime` is missing in [model], with the prices that it looks at");
    const bool by_model = MarketInput(k) == MarketInput::Volatility || MarketInput(k) == MarketInput::Correlation;
    const bool has_model = rules.model && !rules.model->symbols.empty();
    if (by_model && !has_model && model_is_good)
      section.mistake(input, "is compared with the model's: [model] with prices is missing");
  }
  section.finish();
  return dynamic;
}

std::optional<core::LiquidationPlan> read_liquidation(Section& section) {
  if (!section.present()) return std::nullopt;
  core::LiquidationPlan plan;
  plan.participation = static_cast<std::int64_t>(section.decimal("participation", participation_range).value_or(0));
  if (const auto collar = section.decimal("collar", collar_range)) plan.collar = static_cast<std::int64_t>(*collar);
  const int128 interval = section.decimal("interval", window_range, plan.interval.ns / nanoseconds);
  plan.interval.ns = static_cast<std::int64_t>(interval * nanoseconds);
  section.finish();
  return plan;
}

std::string frozen_dynamic(const core::Rules& rules) {
  std::string result;
  if (rules.dynamic) {
    result += fmt::format("\n[dynamic]\nfloor = {}\nhysteresis = {}\nwindow = {}\n",
                          quoted(format_decimal(rules.dynamic->floor)),
                          quoted(format_decimal(rules.dynamic->hysteresis)), seconds_text(rules.dynamic->window));
    for (std::size_t k = 0; k < rules.dynamic->ladders.size(); ++k) {
      const auto& ladder = rules.dynamic->ladders[k];
      if (ladder.empty()) continue;
      result +=
          fmt::format("[dynamic.{}]\nabove = {}\nfactor = {}\n", market_input_names[k],
                      list_text(ladder, &core::Dynamic::Step::above), list_text(ladder, &core::Dynamic::Step::factor));
      if (MarketInput(k) == MarketInput::Regime)
        result += fmt::format("stale_after_days = {}\n", rules.dynamic->regime_stale_after.ns / day_ns);
    }
  }
  if (rules.liquidation) {
    result += fmt::format("\n[liquidation]\ninterval = {}\n", seconds_text(rules.liquidation->interval));
    if (rules.liquidation->participation != 0)
      result += fmt::format("participation = {}\n", quoted(format_decimal(rules.liquidation->participation)));
    if (rules.liquidation->collar)
      result += fmt::format("collar = {}\n", quoted(format_decimal(*rules.liquidation->collar)));
  }
  return result;
}

}  // namespace bulwark::config
