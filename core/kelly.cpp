// SPDX-License-Identifier: Apache-2.0
#include "core/kelly.h"

#include <cmath>

namespace bulwark::core {

// What is exactly a whole number of units must not become one less for the last bit of a quotient.
static constexpr long double last_bits = 1 + 2e-18L;

static long double as_number(int128 raw) { return static_cast<long double>(raw) / static_cast<long double>(unit); }

EquityShare kelly_share(std::int64_t fraction, const SizeEvent& size, DailyVariance variance) {
  const long double weight = as_number(fraction) * as_number(size.confidence);
  if (size.by_edge) {
    if (!(variance.value > 0)) return {0};
    return {weight * as_number(size.edge) / as_number(size.horizon_days) / static_cast<long double>(variance.value)};
  }
  const int128 win = size.win_probability, payoff = size.payoff;
  const int128 gain = win * payoff - (unit - win) * unit;  // f x payoff
  return {weight * as_number(gain) / static_cast<long double>(payoff)};
}

EquityShare volatility_share(std::int64_t target, DailyVariance variance) {
  if (!(variance.value > 0)) return {0};
  return {as_number(target) / static_cast<long double>(annual_deviation(variance))};
}

std::int64_t units_within(EquityShare share, int128 equity, int128 unit_value) {
  if (!(share.value > 0) || equity <= 0 || unit_value <= 0) return 0;
  const long double units = share.value * static_cast<long double>(equity) / static_cast<long double>(unit_value);
  const long double raw = units * static_cast<long double>(unit) * last_bits;
  return raw < static_cast<long double>(position_raw_max) ? static_cast<std::int64_t>(raw) : position_raw_max;
}

}  // namespace bulwark::core
