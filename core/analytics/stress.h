// SPDX-License-Identifier: Apache-2.0
// What a portfolio loses when prices move by so much; what its covariance becomes in a crisis; and the smallest move
// that loses a given amount.
#pragma once

#include <Eigen/Core>

namespace bulwark::analytics {

// Positive: a loss. `exposures` are in money, or shares of equity; `moves` in shares of the price.
double stress_loss(const Eigen::VectorXd& exposures, const Eigen::VectorXd& moves);

// Moves of symbols when factors move: exposures of symbols to factors (a row each) times the moves of the factors.
Eigen::VectorXd moves_by_factors(const Eigen::MatrixXd& betas, const Eigen::VectorXd& factor_moves);

// Each correlation by this share of the way to 1: variances stay.
Eigen::MatrixXd with_correlations_towards_one(const Eigen::MatrixXd& covariance, double share);

// Each volatility times `times`.
Eigen::MatrixXd with_volatility_times(const Eigen::MatrixXd& covariance, double times);

// Of all moves that lose so much, the one that is nearest to none in standard deviations (the likeliest, were returns
// normal).
struct ReverseStress {
  Eigen::VectorXd moves;
  double deviations;  // how many
};
// Throws std::invalid_argument where the portfolio has no risk: nothing can lose it.
ReverseStress reverse_stress(const Eigen::VectorXd& exposures, const Eigen::MatrixXd& covariance, double loss);

}  // namespace bulwark::analytics
