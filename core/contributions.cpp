// SPDX-License-Identifier: Apache-2.0
#include "core/contributions.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bulwark::core {

static int128 signed_raw(double value) { return value < 0 ? -to_raw(-value) : to_raw(value); }

bool weigh_by_risk(std::span<Holding> holdings, const RiskModel& model) {
  if (!model.present()) return false;
  std::sort(holdings.begin(), holdings.end(), [](const Holding& a, const Holding& b) {
    return a.symbol != b.symbol ? a.symbol < b.symbol : a.row < b.row;
  });
  const auto each_symbol = [&](auto work) {  // work(its holdings, what they come to)
    for (std::size_t begin = 0, end = 0; begin < holdings.size(); begin = end) {
      int128 held = 0;
      for (; end < holdings.size() && holdings[end].symbol == holdings[begin].symbol; ++end)
        held += holdings[end].value;
      work(holdings.subspan(begin, end - begin), magnitude(held) == held ? to_model(held) : -to_model(-held));
    }
  };
  bool known = true;
  double variance = 0;
  std::array<double, factor_count_max> factors{};
  each_symbol([&](std::span<Holding> of_symbol, double held) {
    const SymbolIndex symbol = of_symbol.front().symbol;
    known = known && model.estimate(symbol).known;
    for (std::size_t k = 0; k < model.factor_count(); ++k) factors[k] += held * model.row(symbol)[k];
    variance += held * held * model.estimate(symbol).residual;
  });
  if (!known) return false;
  variance += dot(factors.data(), factors.data(), model.factor_count());
  const double deviation = variance > 0 ? std::sqrt(variance) : 0;
  each_symbol([&](std::span<Holding> of_symbol, double held) {
    const SymbolIndex symbol = of_symbol.front().symbol;
    const double slope =
        dot(model.row(symbol), factors.data(), model.factor_count()) + model.estimate(symbol).residual * held;
    for (Holding& holding : of_symbol) {
      const double value = holding.value < 0 ? -to_model(-holding.value) : to_model(holding.value);
      holding.weight = deviation > 0 ? signed_raw(value * slope / deviation) : 0;
    }
  });
  return true;
}

}  // namespace bulwark::core
