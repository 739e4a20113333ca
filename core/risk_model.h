// SPDX-License-Identifier: Apache-2.0
// The risk model as the engine reads it: flat, by symbol index, and never changed while it is in force.
//
//   a symbol's row: | loadings of the covariance | loadings of the correlation | moves of the scenarios |
//
// A scope's sums have the same columns, so that a position that moves by so much money moves them by that times the
// row.
#pragma once

#include <vector>

#include "core/metric.h"
#include "core/model_rules.h"
#include "core/names.h"

namespace bulwark::core {

// What a deviation is multiplied by: var, es and volatility are one number apart.
struct ModelScale {
  double factor;
};
// `confidence` is a raw decimal. Cold.
ModelScale scale_of(Metric metric, std::int64_t confidence);

struct DailyVariance {
  double value;  // of the returns of one symbol; 0: not known
};
double annual_deviation(DailyVariance variance);

// Money as the model counts it, and back: rounded to 8 decimals half away from zero, exactly, or to 16 where every
// digit counts. No measure is negative.
inline double to_model(int128 raw) {
  const auto low = static_cast<std::int64_t>(raw);
  return (low == raw ? static_cast<double>(low) : static_cast<double>(raw)) / static_cast<double>(unit);
}
int128 to_raw(double value, int128 decimals = unit);

// A sum of products in a fixed order: the same bits everywhere, and four chains that do not wait for each other.
inline double dot(const double* a, const double* b, std::size_t count) {
  double sums[4] = {0, 0, 0, 0};
  std::size_t k = 0;
  for (; k + 4 <= count; k += 4) {
    for (std::size_t chain = 0; chain < 4; ++chain) sums[chain] += a[k + chain] * b[k + chain];
  }
  for (; k < count; ++k) sums[0] += a[k] * b[k];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

class RiskModel {
public:
  struct Estimate {
    bool known;           // the model has its variance
    bool moved;           // every scenario says what becomes of it
    double variance;      // of a day
    double residual;      // of the variance
    double own_residual;  // of the correlation with itself
  };

  RiskModel() = default;
  // Cold.
  RiskModel(const Model& model, const NameList<SymbolIndex>& symbols);

  bool present() const { return present_; }
  std::size_t factor_count() const { return factor_count_; }
  std::size_t scenario_count() const { return scenario_count_; }
  std::size_t columns() const { return 2 * factor_count_ + scenario_count_; }
  std::size_t correlation_column() const { return factor_count_; }
  std::size_t scenario_column() const { return 2 * factor_count_; }
  const double* row(SymbolIndex symbol) const { return rows_.data() + at(symbol) * columns(); }
  const Estimate& estimate(SymbolIndex symbol) const { return estimates_[at(symbol)]; }
  const std::optional<Regime>& regime() const { return regime_; }
  std::uint64_t version() const { return version_; }

private:
  bool present_ = false;
  std::size_t factor_count_ = 0, scenario_count_ = 0;
  std::uint64_t version_ = 0;
  std::optional<Regime> regime_;
  std::vector<double> rows_;         // by symbol; of one that the model lacks zeros
  std::vector<Estimate> estimates_;  // by symbol
};

}  // namespace bulwark::core
