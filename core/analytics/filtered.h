// SPDX-License-Identifier: Apache-2.0
// Filtered historical simulation: past returns in units of their day's volatility, times the volatility to come.
#pragma once

#include <Eigen/Core>

namespace bulwark::analytics {

// The variance of each return as seen the day before, by EWMA; one more entry than returns: the last is of the day to
// come. `first` is the forecast of the first return.
Eigen::VectorXd ewma_variances(const Eigen::VectorXd& returns, double lambda, double first);

// The mean square of the first returns.
double mean_square(const Eigen::VectorXd& returns, Eigen::Index count);

inline constexpr Eigen::Index filter_seed = 100;  // returns that the first forecast is made of

// The last `count` returns of the day to come. Precondition: among the first `filter_seed` returns there is one not 0.
Eigen::VectorXd filtered_returns(const Eigen::VectorXd& returns, double lambda, Eigen::Index count);

}  // namespace bulwark::analytics
