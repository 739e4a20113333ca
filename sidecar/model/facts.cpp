// SPDX-License-Identifier: Apache-2.0
#include "sidecar/model/facts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/analytics/suspicion.h"
#include "sidecar/journal/hash.h"

namespace bulwark::model {

static constexpr std::size_t oddities_max = 1'000;  // the newest ones are what a change is found by

static void add_still(const Closes& closes, std::vector<std::string>& oddities) {
  const std::size_t last = closes.dates.size() - 1;
  for (std::size_t k = 0; k < closes.symbols.size(); ++k) {
    std::size_t first = last;
    while (first > 0 && closes.at(first - 1, k) == closes.at(last, k)) --first;
    if (last - first >= static_cast<std::size_t>(analytics::still_refused))
      oddities.push_back(closes.symbols[k] + " has not moved since " + closes.dates[first]);
  }
}

static void add_leaps(const Closes& closes, std::vector<std::string>& oddities) {
  for (std::size_t day = closes.dates.size() - 1; day > 0; --day) {
    for (std::size_t k = 0; k < closes.symbols.size(); ++k) {
      const double step = closes.at(day, k) / closes.at(day - 1, k);
      if (!analytics::leaps(step)) continue;
      if (oddities.size() == oddities_max) return;
      char times[32];
      std::snprintf(times, sizeof times, " x%.3g on ", step);
      oddities.push_back(closes.symbols[k] + times + closes.dates[day]);
    }
  }
}

// The last date, the one before, and on with twice the distance each time: of years of prices a dozen.
static Closes thinned(const Closes& closes) {
  Closes some;
  some.symbols = closes.symbols;
  std::vector<std::size_t> places;
  for (std::size_t back = 1; back <= closes.dates.size(); back *= 2) places.push_back(closes.dates.size() - back);
  std::reverse(places.begin(), places.end());
  for (const std::size_t place : places) {
    some.dates.push_back(closes.dates[place]);
    for (std::size_t k = 0; k < closes.symbols.size(); ++k) some.prices.push_back(closes.at(place, k));
  }
  return some;
}

double volatility_of(const core::Model& model, std::size_t symbol) {
  const double* loadings = model.loadings.data() + symbol * model.factor_count;
  double variance = model.residuals[symbol];
  for (std::size_t k = 0; k < model.factor_count; ++k) variance += loadings[k] * loadings[k];
  return std::sqrt(variance);
}

Volatilities volatilities_of(const core::Model& model, const Volatilities* all) {
  Volatilities found;
  std::vector<double> sums(model.factor_count);
  double residuals = 0, count = 0;
  for (std::size_t symbol = 0; symbol < model.symbols.size(); ++symbol) {
    const double* loadings = model.loadings.data() + symbol * model.factor_count;
    found[model.symbols[symbol]] = volatility_of(model, symbol);
    if (all != nullptr && !all->contains(model.symbols[symbol])) continue;
    for (std::size_t k = 0; k < model.factor_count; ++k) sums[k] += loadings[k];
    residuals += model.residuals[symbol];
    ++count;
  }
  for (const double sum : sums) residuals += sum * sum;
  if (count > 0) found[all_symbols] = std::sqrt(residuals) / count;
  return found;
}

void keep_accepted(const Facts& before, Facts& after) {
  if (!before.accepted.empty()) after.accepted = before.accepted;
}

Facts facts_of(const core::Model& model, const Closes& closes, const std::string& scenarios_text) {
  Facts facts;
  facts.accepted = volatilities_of(model);
  if (!scenarios_text.empty()) facts.scenarios = journal::sha256_of(scenarios_text);
  if (closes.dates.empty()) return facts;
  facts.dates = closes.dates.size();
  facts.last_date = closes.dates.back();
  facts.closes = thinned(closes);
  add_still(closes, facts.oddities);
  add_leaps(closes, facts.oddities);
  return facts;
}

}  // namespace bulwark::model
