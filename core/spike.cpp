// SPDX-License-Identifier: Apache-2.0
#include "core/spike.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bulwark::core {

static constexpr int square_bits = 96, ratio_bits = 64;
static constexpr int128 precise = static_cast<int128>(unit) * unit;

uint128 squared_change(Price from, Price to) {
  if (from.raw <= 0) return 0;
  constexpr double square_max = 32 * 32;
  const double change = static_cast<double>(to.raw - from.raw) / static_cast<double>(from.raw);
  return static_cast<uint128>(std::ldexp(std::min(change * change, square_max), square_bits));
}

static double daily_variance(uint128 squares, DurationNs window) {
  constexpr double day_ns = 86'400e9;
  return std::ldexp(static_cast<double>(squares), -square_bits) * (day_ns / static_cast<double>(window.ns));
}

Level spike_level(uint128 squares, DurationNs window, DailyVariance usual) {
  if (squares == 0) return {0, precise, true};
  if (!(usual.value > 0)) return {0, precise, false};
  return {to_raw(std::sqrt(daily_variance(squares, window) / usual.value), precise), precise, true};
}

int128 variance_ratio(uint128 squares, DurationNs window, DailyVariance usual) {
  constexpr double ratio_max = 1e12;  // of so many a sum of all symbols still fits
  return static_cast<int128>(
      std::ldexp(std::min(daily_variance(squares, window) / usual.value, ratio_max), ratio_bits));
}

Level root_of_mean(int128 sum, std::int64_t count) {
  const double mean = std::ldexp(static_cast<double>(sum), -ratio_bits) / static_cast<double>(count);
  return {to_raw(std::sqrt(mean), precise), precise, true};
}

Level average_correlation(const RiskModel& model, std::size_t symbol_count) {
  if (!model.present()) return {};
  std::array<double, factor_count_max> together{};
  double own = 0, count = 0;
  for (std::size_t k = 1; k < symbol_count; ++k) {
    const RiskModel::Estimate& estimate = model.estimate(SymbolIndex(k));
    if (!(estimate.variance > 0)) continue;
    const double* loadings = model.row(SymbolIndex(k)) + model.correlation_column();
    for (std::size_t f = 0; f < model.factor_count(); ++f) together[f] += loadings[f];
    own += dot(loadings, loadings, model.factor_count());
    ++count;
  }
  if (count < 2) return {};
  const double others = dot(together.data(), together.data(), model.factor_count()) - own;
  return {to_raw(std::max(others / (count * (count - 1)), 0.0), precise), precise, true};
}

}  // namespace bulwark::core
