// SPDX-License-Identifier: Apache-2.0
// How large a portfolio may be so that its volatility is a given one.
#pragma once

#include <Eigen/Core>

namespace bulwark::analytics {

// min(cap, target / (sqrt(252) x deviation)) for each day's forecast of the daily variance, made before that day; the
// cap where the forecast is zero.
Eigen::VectorXd leverage(const Eigen::VectorXd& variances, double annual_target, double cap);

}  // namespace bulwark::analytics
