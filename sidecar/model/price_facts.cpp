// SPDX-License-Identifier: Apache-2.0
#include "sidecar/model/price_facts.h"

#include <cmath>
#include <cstdio>

namespace bulwark::model {

static constexpr double leap = 0.35;                // a move of a day that is looked at twice
static constexpr std::size_t still_min = 20;        // returns of 0 up to the last date
static constexpr std::size_t oddities_max = 1'000;  // the newest ones are what a change is found by

static void add_still(const Closes& closes, std::vector<std::string>& oddities) {
  const std::size_t last = closes.dates.size() - 1;
  for (std::size_t k = 0; k < closes.symbols.size(); ++k) {
    std::size_t first = last;
    while (first > 0 && closes.at(first - 1, k) == closes.at(last, k)) --first;
    if (last - first >= still_min)
      oddities.push_back(closes.symbols[k] + " has not moved since " + closes.dates[first]);
  }
}

static void add_leaps(const Closes& closes, std::vector<std::string>& oddities) {
  for (std::size_t day = closes.dates.size() - 1; day > 0; --day) {
    for (std::size_t k = 0; k < closes.symbols.size(); ++k) {
      const double step = closes.at(day, k) / closes.at(day - 1, k);
      if (std::abs(step - 1) <= leap) continue;
      if (oddities.size() == oddities_max) return;
      char times[32];
      std::snprintf(times, sizeof times, " x%.3g on ", step);
      oddities.push_back(closes.symbols[k] + times + closes.dates[day]);
    }
  }
}

PriceFacts facts_of(const Closes& closes) {
  PriceFacts facts;
  if (closes.dates.empty()) return facts;
  facts.dates = closes.dates.size();
  facts.last_date = closes.dates.back();
  add_still(closes, facts.oddities);
  add_leaps(closes, facts.oddities);
  return facts;
}

}  // namespace bulwark::model
