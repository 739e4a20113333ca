// SPDX-License-Identifier: Apache-2.0
// What a series of simple returns has earned for what it has risked. Deviations are of the sample (over n - 1).
#pragma once

#include <Eigen/Core>
#include <optional>

namespace bulwark::analytics {

inline constexpr double trading_days = 252;  // a year

// Ratios are annual, and nothing where what they divide by is zero.
struct Performance {
  double total_return, annual_return;  // compounded
  double annual_volatility;
  double best, worst, share_positive;
  std::optional<double> sharpe;   // mean excess over its deviation
  std::optional<double> sortino;  // mean excess over the root mean square of what is below zero, of all days
  std::optional<double> calmar;   // annual return over the deepest drawdown
  std::optional<double> skewness, excess_kurtosis;  // of the population's moments
};

// `risk_free` and returns are of one day. Throws std::invalid_argument for less than two returns or dirty ones.
Performance performance(const Eigen::VectorXd& returns, double risk_free, double days_a_year = trading_days);

// The worst compounded return of so many days in a row, and the return that it ends with.
struct Run {
  double compounded;
  Eigen::Index end;
};
// Precondition: 1 <= days <= the number of returns.
Run worst_run(const Eigen::VectorXd& returns, Eigen::Index days);

}  // namespace bulwark::analytics
