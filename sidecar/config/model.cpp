// SPDX-License-Identifier: Apache-2.0
// [sizing] and [model], and the frozen form of a model: its numbers, not the files that they came from.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "shm/decimal.h"
#include "sidecar/config/csv.h"
#include "sidecar/config/model_reading.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {
namespace {

constexpr DecimalRange share_range{0, unit, "a share from 0 to 1"};
constexpr DecimalRange target_range{0, 10 * unit, "a share of equity a year, from 0 to 10"};
constexpr DecimalRange fraction_range{0, 100 * unit, "a share of equity from 0 to 100"};
constexpr DecimalRange lambda_range{1, unit - 1, "a number between 0 and 1"};
constexpr std::array<std::string_view, 3> estimator_names{"ewma", "sample", "ledoit-wolf"};

// The file that a key names, whole; nothing, and a mistake, where it cannot be read.
struct Text {
  std::string path, content;
};
std::optional<Text> file_of(Section& section, std::string_view key, const Source& source) {
  const std::optional<std::string> name = section.text(key);
  if (!name) return std::nullopt;
  const std::string path = absolute_path(*name, source.directory);
  if (auto content = read_file(path)) return Text{path, std::move(*content)};
  section.mistake(key, fmt::format("found {}, but {} cannot be read", shown(*name), path));
  return std::nullopt;
}

model::Estimator read_estimator(Section& section) {
  const std::string name = section.text("estimator", "ewma");
  const auto found = std::find(estimator_names.begin(), estimator_names.end(), name);
  if (found != estimator_names.end()) return static_cast<model::Estimator>(found - estimator_names.begin());
  const std::vector<std::string> allowed(estimator_names.begin(), estimator_names.end());
  section.mistake("estimator",
                  fmt::format("found {}; allowed are {}{}", shown(name), listed(allowed), suggestion(name, allowed)));
  return model::Estimator::Ewma;
}

std::string block(std::string_view key, std::string_view lines) {
  std::string result = fmt::format("{} = \"\"\"\n", key);
  for (const char c : lines) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"\"\"\n";
}

std::string version_text(const core::Model& model) { return fmt::format("{:016x}", core::version_of(model)); }

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

std::optional<core::Model> read_model(Section& section, const Source& source, const core::Rules& rules,
                                      Report& report) {
  if (!section.present()) return std::nullopt;
  const std::size_t mistakes_before = report.mistakes.size();
  core::Model model;
  const model::Estimator estimator = read_estimator(section);
  const int128 lambda = section.decimal("lambda", lambda_range, 94 * unit / 100);
  model.confidence = static_cast<std::int64_t>(section.decimal("confidence", confidence_range, model.confidence));
  std::vector<std::string> symbols;
  for (const core::Instrument& instrument : rules.instruments) symbols.push_back(instrument.symbol);
  std::sort(symbols.begin(), symbols.end());
  model::Closes closes;
  if (const auto prices = file_of(section, "prices", source))
    closes = read_closes(prices->content, prices->path, symbols, report);
  const bool closes_good = report.mistakes.size() == mistakes_before;
  const auto scenarios = file_of(section, "scenarios", source);
  if (scenarios && closes_good) {
    Betas betas;  // to the market: a configuration names no prices of factors
    if (!closes.dates.empty()) betas.market = model::betas(closes);
    model.scenarios = read_scenarios(scenarios->content, scenarios->path, rules, closes, betas, report);
  }
  section.finish();
  if (report.mistakes.size() == mistakes_before && !closes.dates.empty()) {
    model::estimate(closes, estimator, static_cast<double>(lambda) / static_cast<double>(unit), model);
  }
  return model;
}

std::string frozen_model(const core::Model& model) {
  std::string result = fmt::format("\n[frozen.model]\nversion = \"{}\"\nconfidence = {}\nfactors = {}\n",
                                   version_text(model), quoted(format_decimal(model.confidence)), model.factor_count);
  std::string lines;
  for (std::size_t k = 0; k < model.symbols.size(); ++k) {
    lines += fmt::format("{},{}", model.symbols[k], model.residuals[k]);
    for (std::size_t f = 0; f < model.factor_count; ++f)
      lines += fmt::format(",{}", model.loadings[k * model.factor_count + f]);
    lines += '\n';
  }
  result += block("estimates", lines);
  for (const core::Scenario& scenario : model.scenarios) {
    lines.clear();
    for (const core::Scenario::Move& move : scenario.moves) lines += fmt::format("{},{}\n", move.symbol, move.share);
    result += fmt::format("[frozen.model.scenario.{}]\n", key_text(scenario.name)) + block("moves", lines);
  }
  return result;
}

std::optional<core::Model> read_frozen_model(Section& frozen, Report& report) {
  const Node* table = frozen.table("model");
  if (table == nullptr) return std::nullopt;
  Section section(report, table, frozen.path_of("model"), table->place);
  core::Model model;
  bool whole = true;
  const auto number = [&whole](std::string_view text) {
    const std::optional<double> value = number_of(text);
    whole = whole && value.has_value();
    return value.value_or(0);
  };
  model.confidence = static_cast<std::int64_t>(section.decimal("confidence", confidence_range, model.confidence));
  model.factor_count = static_cast<std::size_t>(section.integer("factors", 0, 0, core::factor_count_max));
  each_line(section.text("estimates", ""), [&](int, const std::vector<std::string_view>& fields) {
    whole = whole && fields.size() == model.factor_count + 2;
    if (!whole) return;
    model.symbols.emplace_back(fields[0]);
    model.residuals.push_back(number(fields[1]));
    for (std::size_t f = 2; f < fields.size(); ++f) model.loadings.push_back(number(fields[f]));
  });
  Section scenarios(report, section.table("scenario"), section.path_of("scenario"), section.place());
  for (const Node& child : scenarios.children()) {
    const Node* one = scenarios.table(child.key);
    if (one == nullptr) continue;
    Section moves(report, one, scenarios.path_of(child.key), one->place);
    model.scenarios.push_back({child.key, {}});
    each_line(moves.text("moves", ""), [&](int, const std::vector<std::string_view>& fields) {
      whole = whole && fields.size() == 2;
      if (whole) model.scenarios.back().moves.push_back({std::string(fields[0]), number(fields[1])});
    });
  }
  if (!whole || section.text("version", "") != version_text(model)) {
    section.mistake("version", "the model's numbers are not those that the version stands for");
  }
  section.finish();
  return model;
}

}  // namespace bulwark::config
