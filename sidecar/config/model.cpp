// SPDX-License-Identifier: Apache-2.0
// [sizing] and [model].
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/risk_model.h"
#include "shm/decimal.h"
#include "sidecar/config/build_model.h"
#include "sidecar/config/csv.h"
#include "sidecar/config/model_reading.h"
#include "sidecar/config/spelling.h"
#include "sidecar/model/validate.h"

namespace bulwark::config {
namespace {

constexpr DecimalRange share_range{0, unit, "a share from 0 to 1"};
constexpr DecimalRange target_range{0, 10 * unit, "a share of equity a year, from 0 to 10"};
constexpr DecimalRange fraction_range{0, 100 * unit, "a share of equity from 0 to 100"};
constexpr DecimalRange lambda_range{1, unit - 1, "a number between 0 and 1"};
constexpr DecimalRange change_range{unit, 1'000 * unit, "how many times, from 1 to 1000"};
constexpr std::array<std::string_view, 3> estimator_names{"ewma", "sample", "ledoit-wolf"};

// The files of a source, whole; nothing where one cannot be read, or is not asked for.
struct Texts {
  std::optional<std::string> prices, scenarios, closes, regime;

  explicit Texts(const model::Source& source)
      : prices(text_of(source.prices)),
        scenarios(text_of(source.scenarios)),
        closes(text_of(source.closes)),
        regime(text_of(source.regime)) {}
  static std::optional<std::string> text_of(const std::string& path) {
    return path.empty() ? std::nullopt : read_file(path);
  }
};

model::Estimator read_estimator(Section& section) {
  const std::string name = section.text("estimator", "ewma");
  const auto found = std::find(estimator_names.begin(), estimator_names.end(), name);
  if (found != estimator_names.end()) return static_cast<model::Estimator>(found - estimator_names.begin());
  const std::vector<std::string> allowed(estimator_names.begin(), estimator_names.end());
  section.mistake("estimator",
                  fmt::format("found {}; allowed are {}{}", shown(name), listed(allowed), suggestion(name, allowed)));
  return model::Estimator::Ewma;
}

}  // namespace

core::Sizing read_sizing(Section& section) {
  const auto share = [&](std::string_view key, const DecimalRange& range) -> std::optional<std::int64_t> {
    const auto raw = section.decimal(key, range);
    return raw ? std::optional(static_cast<std::int64_t>(*raw)) : std::nullopt;
  };
  const core::Sizing sizing{share("kelly_fraction", share_range), share("volatility_target", target_range),
                            share("max_fraction", fraction_range)};
  section.finish();
  return sizing;
}

// As if the days behind that date had not come yet.
static void cut(model::Closes& closes, std::string_view last_date) {
  while (!closes.dates.empty() && closes.dates.back() > last_date) closes.dates.pop_back();
  closes.prices.resize(closes.dates.size() * closes.symbols.size());
}

static BuiltModel build(const model::Source& source, const Texts& texts, const core::Rules& rules,
                        std::string_view last_date = {}) {
  BuiltModel built;
  Report report;
  built.model.confidence = source.confidence;
  std::vector<std::string> symbols;
  for (const core::Instrument& instrument : rules.instruments) symbols.push_back(instrument.symbol);
  std::sort(symbols.begin(), symbols.end());
  if (texts.prices) built.closes = read_closes(*texts.prices, source.prices, symbols, report);
  const bool closes_good = report.mistakes.empty();
  if (texts.closes && closes_good) {
    const std::string_view whole = whole_lines(*texts.closes);
    if (whole.size() != texts.closes->size())
      built.remarks.push_back(source.closes + ": its last line was cut off, and is left out");
    add_own_closes(built.closes, whole, source.closes, symbols, report);
  }
  if (!last_date.empty()) cut(built.closes, last_date);
  if (texts.scenarios && closes_good) {
    Betas betas;  // to the market: a configuration names no prices of factors
    if (!built.closes.dates.empty()) betas.market = model::betas(built.closes);
    built.model.scenarios = read_scenarios(*texts.scenarios, source.scenarios, rules, built.closes, betas, report);
  }
  if (texts.regime && closes_good) {
    built.model.regime = read_regime(*texts.regime, source.regime, built.closes, report);
  }
  if (report.mistakes.empty() && !built.closes.dates.empty()) {
    model::estimate(built.closes, source.estimator, core::to_model(source.lambda), built.model);
    for (const std::string& fault : model::faults(built.model)) report.mistake({source.prices, 0, {}}, "model", fault);
  }
  built.facts = model::facts_of(built.model, built.closes, texts.scenarios.value_or(""));
  built.mistakes = std::move(report.mistakes);
  return built;
}

static model::Source read_source(Section& section, const Source& place, const std::string& closes) {
  model::Source source;
  const auto path = [&](std::string_view key) {
    const std::optional<std::string> name = section.text(key);
    return name ? absolute_path(*name, place.directory) : std::string{};
  };
  source.estimator = read_estimator(section);
  source.lambda = static_cast<std::int64_t>(section.decimal("lambda", lambda_range, source.lambda));
  source.confidence = static_cast<std::int64_t>(section.decimal("confidence", confidence_range, source.confidence));
  source.prices = path("prices");
  source.scenarios = path("scenarios");
  source.regime = path("regime");
  if (section.boolean("own_closes", false)) source.closes = closes;
  source.refresh_s = section.integer("refresh_s", source.refresh_s, 0, 86'400);
  source.backtest_tightens = section.boolean("backtest_tightens", false);
  source.change_max = static_cast<std::int64_t>(section.decimal("change_max", change_range, source.change_max));
  return source;
}

std::optional<core::Model> read_model(Section& section, const Source& place, const core::Rules& rules,
                                      const std::string& closes, model::Source& source, model::Facts& facts,
                                      Report& report) {
  if (!section.present()) return std::nullopt;
  const std::size_t of_others = report.mistakes.size();
  source = read_source(section, place, closes);
  const Texts texts(source);
  const std::size_t of_section = report.mistakes.size();
  const auto look = [&](std::string_view key, const std::string& path, const std::optional<std::string>& text) {
    if (!path.empty() && !text)
      section.mistake(key, fmt::format("found {}, but {} cannot be read", shown(section.node(key)->text), path));
  };
  look("prices", source.prices, texts.prices);
  look("scenarios", source.scenarios, texts.scenarios);
  look("regime", source.regime, texts.regime);
  report.in_model_files = report.mistakes.size() - of_section;
  section.finish();
  if (report.mistakes.size() != of_others) return core::Model{};
  BuiltModel built = build(source, texts, rules);
  report.in_model_files = built.mistakes.size();
  for (Mistake& mistake : built.mistakes) report.mistakes.push_back(std::move(mistake));
  facts = std::move(built.facts);
  report.closes = std::move(built.closes);
  return std::move(built.model);
}

BuiltModel build_model(const model::Source& source, const core::Rules& rules, std::string_view last_date) {
  const Texts texts(source);
  BuiltModel missing;
  for (const auto& [path, text] : {std::pair{&source.prices, &texts.prices},
                                   {&source.scenarios, &texts.scenarios},
                                   {&source.regime, &texts.regime}}) {
    if (!path->empty() && !*text) missing.mistakes.push_back({{*path, 0, {}}, "", "cannot be read"});
  }
  return missing.mistakes.empty() ? build(source, texts, rules, last_date) : missing;
}

}  // namespace bulwark::config
