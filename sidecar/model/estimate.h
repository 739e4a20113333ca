// SPDX-License-Identifier: Apache-2.0
// Prices in, estimates out: the covariance of daily simple returns as factors, and betas to the market. Cold, and pure.
#pragma once

#include <string>
#include <vector>

#include "core/model_rules.h"

namespace bulwark::model {

enum class Estimator { Ewma, Sample, LedoitWolf };

// Daily closes, all of them positive.
struct Closes {
  std::vector<std::string> symbols, dates;
  std::vector<double> prices;  // date by date

  double at(std::size_t date, std::size_t symbol) const { return prices[date * symbols.size() + symbol]; }
  friend bool operator==(const Closes&, const Closes&) = default;
};

inline constexpr std::size_t symbols_max = 2'000;
inline constexpr std::size_t dates_min = 3;

// Fills in symbols, loadings and residuals. Ewma: zero mean, beginning with the first return's own products; sample:
// centred, over n - 1; Ledoit-Wolf: centred, over n, shrunk towards a multiple of the identity. Up to
// `factor_count_max` symbols the factors are all there are, and exact; of more the leading ones, and what they leave of
// each variance. Precondition: dates_min dates, symbols_max symbols.
void estimate(const Closes& closes, Estimator estimator, double lambda, core::Model& model);

// Each symbol's beta to the equal-weight market over the last 500 returns; empty where the market never moved.
std::vector<double> betas(const Closes& closes);

}  // namespace bulwark::model
