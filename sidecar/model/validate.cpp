// SPDX-License-Identifier: Apache-2.0
#include "sidecar/model/validate.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <unordered_set>

namespace bulwark::model {
namespace {

constexpr std::size_t named_max = 5;  // of what is wrong: a person looks at the file anyway
constexpr double restated_max = 1.1;  // a dividend that is taken out of a history moves it by less

const double* loadings_of(const core::Model& model, std::size_t symbol) {
  return model.loadings.data() + symbol * model.factor_count;
}

using Lines = std::vector<std::string>;

bool apart(double one, double other, double times) { return one > other * times || other > one * times; }

// `from`, `to`: what stands before the two numbers. One that did not move before or does not now says nothing.
void add_wild(const Volatilities& before, const core::Model& after, double change_max, const char* from, const char* to,
              Lines& lines) {
  const Volatilities now = volatilities_of(after, &before);
  const auto look = [&](const std::string& symbol, const char* what) {
    const auto old = before.find(symbol), found = now.find(symbol);
    if (old == before.end() || found == now.end()) return;
    if (!(old->second > 0) || !(found->second > 0) || !apart(old->second, found->second, change_max)) return;
    char numbers[120];
    std::snprintf(numbers, sizeof numbers, "%s%.3g %%%s%.3g %%", from, 100 * old->second, to, 100 * found->second);
    lines.push_back("the daily volatility of " + std::string(what) + numbers);
  };
  for (const auto& [symbol, volatility] : before) {
    if (symbol != all_symbols) look(symbol, symbol.c_str());
  }
  look(all_symbols, "all symbols in equal parts");
}

void add_gone(const core::Model& before, const core::Model& after, Lines& lines) {
  const std::unordered_set<std::string_view> known(after.symbols.begin(), after.symbols.end());
  for (const std::string& symbol : before.symbols) {
    if (!known.contains(symbol)) lines.push_back(symbol + " is no longer in it");
  }
  std::unordered_set<std::string_view> scenarios;
  for (const core::Scenario& scenario : after.scenarios) scenarios.insert(scenario.name);
  for (const core::Scenario& scenario : before.scenarios) {
    if (!scenarios.contains(scenario.name)) lines.push_back("scenario " + scenario.name + " is no longer in it");
  }
}

void add_odd(const Facts& before, const Facts& after, Lines& lines) {
  if (after.last_date < before.last_date)
    lines.push_back("the prices end on " + after.last_date + ", the last ones on " + before.last_date);
  if (after.dates < before.dates / 2)
    lines.push_back("the prices have " + std::to_string(after.dates) + " dates, the last ones " +
                    std::to_string(before.dates));
  const std::unordered_set<std::string_view> known(before.oddities.begin(), before.oddities.end());
  for (const std::string& oddity : after.oddities) {
    if (!known.contains(oddity)) lines.push_back(oddity);
  }
}

// The newest close of the symbol that is another one; empty: none is.
std::string rewritten(const Closes& kept, std::size_t symbol, const Closes& closes, std::size_t now) {
  for (std::size_t day = kept.dates.size(); day-- > 0;) {
    const auto found = std::lower_bound(closes.dates.begin(), closes.dates.end(), kept.dates[day]);
    if (found == closes.dates.end() || *found != kept.dates[day]) continue;
    const double old = kept.at(day, symbol),
                 price = closes.at(static_cast<std::size_t>(found - closes.dates.begin()), now);
    if (!apart(old, price, restated_max)) continue;
    char text[120];
    std::snprintf(text, sizeof text, " closed at %.6g on %s, and at %.6g in the last prices", price, found->c_str(),
                  old);
    return kept.symbols[symbol] + text;
  }
  return {};
}

// Histories that were exchanged, scaled anew, or are none of these symbols at all.
void add_rewritten(const Closes& kept, const Closes& closes, Lines& lines) {
  const auto shared = [&](const std::string& date) {
    return std::binary_search(closes.dates.begin(), closes.dates.end(), date);
  };
  if (!kept.dates.empty() && !closes.dates.empty() && std::none_of(kept.dates.begin(), kept.dates.end(), shared))
    lines.emplace_back("the prices have none of the dates on which the last ones could be compared");
  for (std::size_t k = 0; k < kept.symbols.size(); ++k) {
    const auto found = std::find(closes.symbols.begin(), closes.symbols.end(), kept.symbols[k]);
    if (found == closes.symbols.end()) continue;
    std::string text = rewritten(kept, k, closes, static_cast<std::size_t>(found - closes.symbols.begin()));
    if (!text.empty()) lines.push_back(std::move(text));
  }
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
        !finite(volatility_of(model, k)))
      result.push_back("the variance of " + model.symbols[k] + " is no number, or below zero");
  }
  for (const core::Scenario& scenario : model.scenarios) {
    const bool good = std::all_of(scenario.moves.begin(), scenario.moves.end(),
                                  [&](const core::Scenario::Move& move) { return finite(move.share); });
    if (!good) result.push_back("a share of scenario " + scenario.name + " is no number");
  }
  return result;
}

std::vector<std::string> why_not(const core::Model& before, const Facts& of_it, const Candidate& next,
                                 double change_max) {
  Lines lines;
  add_gone(before, next.model, lines);
  if (of_it.dates != 0) add_odd(of_it, next.facts, lines);
  if (!of_it.scenarios.empty() && next.facts.scenarios != of_it.scenarios)
    lines.emplace_back("the file of scenarios is another text");
  const std::size_t others = lines.size();
  add_wild(volatilities_of(before), next.model, change_max, " goes from ", " to ", lines);
  if (lines.size() == others)
    add_wild(of_it.accepted, next.model, change_max, " has gone in steps from ", ", which was let in last, to ", lines);
  add_rewritten(of_it.closes, next.closes, lines);
  return lines;
}

std::string some_of(const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t k = 0; k < lines.size() && k < named_max; ++k) text += (text.empty() ? "" : "; ") + lines[k];
  return lines.size() > named_max ? text + "; and " + std::to_string(lines.size() - named_max) + " more" : text;
}

}  // namespace bulwark::model
