// SPDX-License-Identifier: Apache-2.0
// The frozen form of a model: its numbers, not the files that they came from, and what the next model is held against.
#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "core/risk_model.h"
#include "shm/decimal.h"
#include "sidecar/config/csv.h"
#include "sidecar/config/model_reading.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {
namespace {

std::string block(std::string_view key, std::string_view lines) {
  std::string result = fmt::format("{} = \"\"\"\n", key);
  for (const char c : lines) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"\"\"\n";
}

std::string version_text(const core::Model& model) { return fmt::format("{:016x}", core::version_of(model)); }

std::string frozen_facts(const model::Facts& facts) {
  std::string result = fmt::format("[frozen.model.facts]\ndates = {}\nlast_date = {}\nscenarios = {}\noddities = [",
                                   facts.dates, quoted(facts.last_date), quoted(facts.scenarios));
  for (const std::string& oddity : facts.oddities) result += quoted(oddity) + ", ";
  std::string lines = "date";
  for (const std::string& symbol : facts.closes.symbols) lines += "," + symbol;
  for (std::size_t day = 0; day < facts.closes.dates.size(); ++day) {
    lines += "\n" + facts.closes.dates[day];
    for (std::size_t k = 0; k < facts.closes.symbols.size(); ++k) lines += fmt::format(",{}", facts.closes.at(day, k));
  }
  result += "]\n" + block("closes", lines + "\n");
  lines.clear();
  for (const auto& [symbol, volatility] : facts.accepted) lines += fmt::format("{},{}\n", symbol, volatility);
  return result + block("accepted", lines);
}

}  // namespace

std::string frozen_model(const core::Model& model, const model::Facts& facts) {
  std::string result = fmt::format("\n[frozen.model]\nversion = \"{}\"\nconfidence = {}\nfactors = {}\n",
                                   version_text(model), quoted(format_decimal(model.confidence)), model.factor_count);
  if (model.regime) {
    result += fmt::format("regime = {{ probability = \"{}\", seen = \"{}\" }}\n", model.regime->probability,
                          model.regime->seen.ns);
  }
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
  return facts == model::Facts{} ? result : result + frozen_facts(facts);
}

// One that an older build wrote has none.
static model::Facts read_frozen_facts(Section& model, Report& report) {
  model::Facts facts;
  const Node* table = model.table("facts");
  if (table == nullptr) return facts;
  Section section(report, table, model.path_of("facts"), table->place);
  bool whole = true;
  const auto number = [&whole](std::string_view text) {
    const std::optional<double> value = number_of(text);
    whole = whole && value.has_value();
    return value.value_or(0);
  };
  facts.dates = static_cast<std::size_t>(section.integer("dates", 0, 0, std::numeric_limits<std::int64_t>::max()));
  facts.last_date = section.text("last_date", "");
  facts.scenarios = section.text("scenarios", "");
  facts.oddities = section.texts("oddities");
  each_line(section.text("closes", ""), [&](int line, const std::vector<std::string_view>& fields) {
    if (line == 1) return facts.closes.symbols.assign(fields.begin() + 1, fields.end());
    whole = whole && fields.size() == facts.closes.symbols.size() + 1;
    if (!whole) return;
    facts.closes.dates.emplace_back(fields[0]);
    for (std::size_t k = 1; k < fields.size(); ++k) facts.closes.prices.push_back(number(fields[k]));
  });
  each_line(section.text("accepted", ""), [&](int, const std::vector<std::string_view>& fields) {
    whole = whole && fields.size() == 2;
    if (whole) facts.accepted.emplace(fields[0], number(fields[1]));
  });
  if (!whole) section.mistake("closes", "the facts of the model are no list of dates, closes and volatilities");
  section.finish();
  return facts;
}

std::optional<core::Model> read_frozen_model(Section& frozen, model::Facts& facts, Report& report) {
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
  if (const Node* seen = section.table("regime")) {
    Section regime(report, seen, section.path_of("regime"), seen->place);
    model.regime = {number(regime.text("probability", "")), {}};
    const std::string ns = regime.text("seen", "");
    const auto [end, error] = std::from_chars(ns.data(), ns.data() + ns.size(), model.regime->seen.ns);
    whole = whole && error == std::errc{} && end == ns.data() + ns.size();
    regime.finish();
  }
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
  facts = read_frozen_facts(section, report);
  section.finish();
  return model;
}

}  // namespace bulwark::config
