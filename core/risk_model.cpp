// SPDX-License-Identifier: Apache-2.0
#include "core/risk_model.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

namespace bulwark::core {

namespace {

constexpr double days_of_a_year = 252;
constexpr double pi = 3.14159265358979323846;

// e to the -x for x >= 0. Plain arithmetic, here and below, so that a replay finds the same bits with every library.
double exp_of_minus(double x) {
  constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
  const int halvings = static_cast<int>(x / (ln2_high + ln2_low) + 0.5);
  const double rest = halvings * ln2_high - x + halvings * ln2_low;  // at most half of ln 2
  double sum = 1;
  for (int k = 22; k > 0; --k) sum = 1 + rest * sum / k;
  return std::ldexp(sum, -halvings);
}

double density(double z) { return exp_of_minus(z * z / 2) / std::sqrt(2 * pi); }

// Of a standard normal, for z >= 0: 1/2 + density x (z + z^3/3 + z^5/15 + ...).
double probability_below(double z) {
  double sum = z, term = z;
  for (int k = 3; term > sum * 1e-18; k += 2) sum += term *= z * z / k;
  return 0.5 + density(z) * sum;
}

double quantile(double confidence) {
  double low = 0, high = 10;
  for (int k = 0; k < 80; ++k) {
    const double middle = (low + high) / 2;
    (probability_below(middle) < confidence ? low : high) = middle;
  }
  return low;
}

class Hash {  // FNV-1a
public:
  void add(std::uint64_t word) {
    for (int k = 0; k < 8; ++k) hash_ = (hash_ ^ (word >> 8 * k & 0xff)) * 0x100000001b3ULL;
  }
  void add(double number) { add(std::bit_cast<std::uint64_t>(number)); }
  void add(std::string_view text) {
    add(text.size());
    for (const char c : text) add(static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
  }
  std::uint64_t value() const { return hash_ == 0 ? 1 : hash_; }

private:
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

}  // namespace

ModelScale scale_of(Metric metric, std::int64_t confidence) {
  const double share = static_cast<double>(confidence) / static_cast<double>(unit);
  switch (metric) {
    case Metric::Var: return {quantile(share)};
    case Metric::Es: return {density(quantile(share)) / (1 - share)};
    case Metric::Volatility: return {std::sqrt(days_of_a_year)};
    default: return {1};
  }
}

double annual_deviation(DailyVariance variance) { return std::sqrt(variance.value) * std::sqrt(days_of_a_year); }

int128 to_raw(double value, int128 decimals) {
  const int128 most = saturated_raw * (decimals / unit);
  if (!(value * static_cast<double>(decimals) < static_cast<double>(most))) return most;  // also what is no number
  int exponent = 0;
  const auto mantissa = static_cast<int128>(std::ldexp(std::frexp(value, &exponent), 53));
  const int shift = 53 - exponent;  // value = mantissa / 2^shift
  const int128 product = mantissa * decimals;
  if (shift <= 0) return product << -shift;
  return shift > 120 ? 0 : (product + (int128{1} << (shift - 1))) >> shift;
}

std::uint64_t version_of(const Model& model) {
  Hash hash;
  hash.add(static_cast<std::uint64_t>(model.confidence));
  for (const std::string& symbol : model.symbols) hash.add(symbol);
  hash.add(model.factor_count);
  for (const double loading : model.loadings) hash.add(loading);
  for (const double residual : model.residuals) hash.add(residual);
  for (const Scenario& scenario : model.scenarios) {
    hash.add(scenario.name);
    for (const Scenario::Move& move : scenario.moves) hash.add(move.symbol), hash.add(move.share);
  }
  if (model.regime) hash.add(model.regime->probability), hash.add(static_cast<std::uint64_t>(model.regime->seen.ns));
  return hash.value();
}

RiskModel::RiskModel(const Model& model, const NameList<SymbolIndex>& symbols)
    : present_(true),
      factor_count_(model.factor_count),
      scenario_count_(model.scenarios.size()),
      version_(version_of(model)),
      regime_(model.regime),
      rows_(symbols.size() * columns(), 0),
      estimates_(symbols.size()) {
  for (std::size_t k = 0; k < model.symbols.size(); ++k) {
    const SymbolIndex symbol = symbols.find(model.symbols[k]);
    if (symbol == SymbolIndex::None) continue;
    const double* loadings = model.loadings.data() + k * factor_count_;
    const double common = dot(loadings, loadings, factor_count_);
    Estimate& estimate = estimates_[at(symbol)];
    estimate = {true, false, common + model.residuals[k], model.residuals[k], 1};
    double* row = rows_.data() + at(symbol) * columns();
    std::copy_n(loadings, factor_count_, row);
    if (estimate.variance <= 0) continue;  // it never moved: nothing moves with it
    const double deviation = std::sqrt(estimate.variance);
    for (std::size_t f = 0; f < factor_count_; ++f) row[correlation_column() + f] = loadings[f] / deviation;
    estimate.own_residual = estimate.residual / estimate.variance;
  }
  std::vector<std::size_t> moved(symbols.size(), 0);
  for (std::size_t s = 0; s < scenario_count_; ++s) {
    for (const Scenario::Move& move : model.scenarios[s].moves) {
      const SymbolIndex symbol = symbols.find(move.symbol);
      if (symbol == SymbolIndex::None) continue;
      rows_[at(symbol) * columns() + scenario_column() + s] = move.share;
      if (++moved[at(symbol)] == scenario_count_) estimates_[at(symbol)].moved = true;
    }
  }
}

}  // namespace bulwark::core
