// SPDX-License-Identifier: Apache-2.0
#include "sidecar/model/validate.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string_view>
#include <unordered_set>

#include "core/risk_model.h"

namespace bulwark::model {
namespace {

constexpr std::size_t named_max = 5;  // of what is wrong: a person looks at the file anyway

const double* loadings_of(const core::Model& model, std::size_t symbol) {
  return model.loadings.data() + symbol * model.factor_count;
}

double deviation_of(const core::Model& model, std::size_t symbol) {
  double variance = model.residuals[symbol];
  for (std::size_t k = 0; k < model.factor_count; ++k)
    variance += loadings_of(model, symbol)[k] * loadings_of(model, symbol)[k];
  return std::sqrt(variance);
}

using Places = std::map<std::string_view, std::size_t>;
Places places_of(const core::Model& model) {
  Places places;
  for (std::size_t k = 0; k < model.symbols.size(); ++k) places.emplace(model.symbols[k], k);
  return places;
}

// Of the symbols that both know, in equal parts: what their correlations come to.
double deviation_of_all(const core::Model& model, const Places& own, const Places& other) {
  std::vector<double> sums(model.factor_count);
  double residual = 0, count = 0;
  for (const auto& [symbol, place] : own) {
    if (!other.contains(symbol)) continue;
    for (std::size_t k = 0; k < model.factor_count; ++k) sums[k] += loadings_of(model, place)[k];
    residual += model.residuals[place];
    ++count;
  }
  for (const double sum : sums) residual += sum * sum;
  return count == 0 ? 0 : std::sqrt(residual) / count;
}

// Empty: it is not wild. One that did not move before or does not now says nothing.
std::string wild(std::string_view what, double before, double after, double change_max) {
  if (!(before > 0) || !(after > 0) || (after <= before * change_max && before <= after * change_max)) return {};
  char text[160];
  std::snprintf(text, sizeof text, "the daily volatility of %.*s goes from %.3g %% to %.3g %%",
                static_cast<int>(what.size()), what.data(), 100 * before, 100 * after);
  return text;
}

}  // namespace

std::vector<std::string> faults(const core::Model& model) {
  const std::size_t symbols = model.symbols.size();
  if (model.loadings.size() != symbols * model.factor_count || model.residuals.size() != symbols)
    return {"it does not have a row of numbers for each of its symbols"};
  std::vector<std::string> result;
  const auto finite = [](double number) { return std::isfinite(number); };
  for (std::size_t k = 0; k < symbols && result.size() < named_max; ++k) {
    const double* loadings = loadings_of(model, k);
    if (!std::all_of(loadings, loadings + model.factor_count, finite) || !(model.residuals[k] >= 0) ||
        !finite(deviation_of(model, k)))
      result.push_back("the variance of " + model.symbols[k] + " is no number, or below zero");
  }
  for (const core::Scenario& scenario : model.scenarios) {
    const bool good = std::all_of(scenario.moves.begin(), scenario.moves.end(),
                                  [&](const core::Scenario::Move& move) { return finite(move.share); });
    if (!good) result.push_back("a share of scenario " + scenario.name + " is no number");
  }
  return result;
}

std::vector<std::string> wild_changes(const core::Model& before, const core::Model& after, double change_max) {
  const Places old = places_of(before), now = places_of(after);
  std::vector<std::string> result;
  const auto say = [&](std::string text) {
    if (!text.empty()) result.push_back(std::move(text));
  };
  for (const auto& [symbol, place] : old) {
    const auto found = now.find(symbol);
    if (found == now.end()) say(std::string(symbol) + " is no longer in it");
    else say(wild(symbol, deviation_of(before, place), deviation_of(after, found->second), change_max));
  }
  say(wild("all symbols in equal parts", deviation_of_all(before, old, now), deviation_of_all(after, now, old),
           change_max));
  const auto has = [&](const std::string& name) {
    return std::any_of(after.scenarios.begin(), after.scenarios.end(),
                       [&](const core::Scenario& one) { return one.name == name; });
  };
  for (const core::Scenario& scenario : before.scenarios) {
    if (!has(scenario.name)) result.push_back("scenario " + scenario.name + " is no longer in it");
  }
  return result;
}

std::vector<std::string> odd_changes(const PriceFacts& before, const PriceFacts& after) {
  std::vector<std::string> result;
  if (before.dates == 0) return result;
  if (after.last_date < before.last_date)
    result.push_back("the prices end on " + after.last_date + ", the last ones on " + before.last_date);
  if (after.dates < before.dates / 2)
    result.push_back("the prices have " + std::to_string(after.dates) + " dates, the last ones " +
                     std::to_string(before.dates));
  const std::unordered_set<std::string_view> known(before.oddities.begin(), before.oddities.end());
  for (const std::string& oddity : after.oddities) {
    if (!known.contains(oddity)) result.push_back(oddity);
  }
  return result;
}

std::vector<std::string> why_not(const core::Model& before, const Source& from, const core::Model& after,
                                 const Source& now) {
  std::vector<std::string> result = odd_changes(from.found, now.found);
  const double change_max = core::to_model(now.change_max);
  for (std::string& line : wild_changes(before, after, change_max)) result.push_back(std::move(line));
  return result;
}

std::string some_of(const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t k = 0; k < lines.size() && k < named_max; ++k) text += (text.empty() ? "" : "; ") + lines[k];
  return lines.size() > named_max ? text + "; and " + std::to_string(lines.size() - named_max) + " more" : text;
}

}  // namespace bulwark::model
