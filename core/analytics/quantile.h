// SPDX-License-Identifier: Apache-2.0
// Quantiles and tail means of observed losses, in the conventions that differ by up to 14 % in the same tail.
#pragma once

#include <Eigen/Core>

namespace bulwark::analytics {

// How `count` observations weigh in the tail; `confidence` is a decimal that a double only comes near to, so a product
// that is a whole number but for rounding is that number.
double observations_below(Eigen::Index count, double confidence);

// Losses, ascending. Precondition of all: one loss, confidence below 1.
class SortedLosses {
public:
  explicit SortedLosses(Eigen::VectorXd losses);

  double type1(double confidence) const;  // the inverse of the empirical distribution: loss number ceil(n a)
  double type7(double confidence) const;  // between two losses, as R and numpy do

  double acerbi_tasche(double confidence) const;  // the mean of the type 1 quantile beyond the confidence, exactly
  double tail_mean_ge(double confidence) const;   // of the losses at or beyond the type 1 quantile
  double tail_mean_gt(double confidence) const;   // of those beyond the type 7 quantile; NaN where there are none

private:
  Eigen::Index number(double confidence) const;

  Eigen::VectorXd losses_;
};

}  // namespace bulwark::analytics
