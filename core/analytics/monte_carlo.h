// SPDX-License-Identifier: Apache-2.0
// Losses of a book drawn from a multivariate t: the same seed draws the same losses on every machine.
#pragma once

#include <Eigen/Core>
#include <cstdint>

#include "core/analytics/value_at_risk.h"

namespace bulwark::analytics {

// Zero mean, the covariance given. One chi-square for all symbols of a draw: several would thin out the tails.
// Precondition: more than 2 degrees of freedom.
Eigen::VectorXd student_draws(const Eigen::VectorXd& weights, const Eigen::MatrixXd& covariance, double degrees,
                              Eigen::Index draws, std::uint64_t seed);

// The standard errors of VaR and ES from as many draws of a t with this standard deviation; that of ES takes the spread
// of the losses drawn beyond the VaR.
TailLoss standard_errors(const Eigen::VectorXd& losses, const TailLoss& found, double deviation, double degrees,
                         double confidence);

}  // namespace bulwark::analytics
