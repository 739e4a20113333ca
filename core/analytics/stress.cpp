// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/stress.h"

#include <cmath>
#include <stdexcept>

namespace bulwark::analytics {

double stress_loss(const Eigen::VectorXd& exposures, const Eigen::VectorXd& moves) { return -exposures.dot(moves); }

Eigen::VectorXd moves_by_factors(const Eigen::MatrixXd& betas, const Eigen::VectorXd& factor_moves) {
  return betas * factor_moves;
}

Eigen::MatrixXd with_correlations_towards_one(const Eigen::MatrixXd& covariance, double share) {
  const Eigen::VectorXd deviations = covariance.diagonal().cwiseSqrt();
  return (1 - share) * covariance + share * deviations * deviations.transpose();
}

Eigen::MatrixXd with_volatility_times(const Eigen::MatrixXd& covariance, double times) {
  return covariance * (times * times);
}

ReverseStress reverse_stress(const Eigen::VectorXd& exposures, const Eigen::MatrixXd& covariance, double loss) {
  const Eigen::VectorXd with = covariance * exposures;
  const double variance = exposures.dot(with);
  if (!(variance > 0)) throw std::invalid_argument("the portfolio has no risk: no move of these symbols can lose it");
  return {-loss / variance * with, loss / std::sqrt(variance)};
}

}  // namespace bulwark::analytics
