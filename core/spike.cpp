// SPDX-License-Identifier: Apache-2.0
#include "core/spike.h"

#include <algorithm>
#include <cmath>

namespace bulwark::core {

static constexpr int square_bits = 96;

uint128 squared_change(Price from, Price to) {
  if (from.raw <= 0) return 0;
  constexpr double square_max = 32 * 32;
  const double change = static_cast<double>(to.raw - from.raw) / static_cast<double>(from.raw);
  return static_cast<uint128>(std::ldexp(std::min(change * change, square_max), square_bits));
}

Level spike_level(uint128 squares, DurationNs window, DailyVariance usual) {
  constexpr double day_ns = 86'400e9;
  constexpr int128 precise = static_cast<int128>(unit) * unit;
  if (squares == 0) return {0, precise, true};
  if (!(usual.value > 0)) return {0, precise, false};
  const double variance =
      std::ldexp(static_cast<double>(squares), -square_bits) * (day_ns / static_cast<double>(window.ns));
  return {to_raw(std::sqrt(variance / usual.value), precise), precise, true};
}

}  // namespace bulwark::core
