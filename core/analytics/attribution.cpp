// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/attribution.h"

#include <Eigen/Dense>
#include <cmath>
#include <stdexcept>
#include <string>

namespace bulwark::analytics {

Brinson brinson_fachler(const Eigen::VectorXd& portfolio_weights, const Eigen::VectorXd& benchmark_weights,
                        const Eigen::VectorXd& portfolio_returns, const Eigen::VectorXd& benchmark_returns) {
  const Eigen::ArrayXd active = (portfolio_weights - benchmark_weights).array();
  const Eigen::ArrayXd better = (portfolio_returns - benchmark_returns).array();
  const double benchmark = benchmark_weights.dot(benchmark_returns);
  return {active * (benchmark_returns.array() - benchmark), benchmark_weights.array() * better, active * better,
          portfolio_weights.dot(portfolio_returns), benchmark};
}

FactorRegression factor_regression(const Eigen::VectorXd& returns, const Eigen::MatrixXd& factors) {
  const Eigen::Index days = returns.size(), count = factors.cols();
  if (days < count + 2)
    throw std::invalid_argument(std::to_string(days) + " returns are too few for a regression on " +
                                std::to_string(count) + " factors: at least " + std::to_string(count + 2));
  Eigen::MatrixXd design(days, count + 1);
  design << Eigen::VectorXd::Ones(days), factors;
  // Columns of one length, so that being a combination of the others does not depend on a factor's unit.
  const Eigen::VectorXd lengths = design.colwise().norm();
  if (!(lengths.minCoeff() > 0)) throw std::invalid_argument("a factor is zero on every day");
  const Eigen::MatrixXd scaled = design * lengths.cwiseInverse().asDiagonal();
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> solver(scaled);
  solver.setThreshold(1e-10);
  if (solver.rank() < count + 1)
    throw std::invalid_argument("the factors cannot be told apart: one never moves, or is a combination of the others");
  const Eigen::VectorXd found = solver.solve(returns).cwiseQuotient(lengths);
  const double residuals = (returns - design * found).squaredNorm();
  const double total = (returns.array() - returns.mean()).square().sum();
  if (!(total > 0)) throw std::invalid_argument("the portfolio never moves: there is nothing to explain");
  const double variance = residuals / static_cast<double>(days - count - 1);
  const Eigen::MatrixXd inverse = (scaled.transpose() * scaled).inverse();
  FactorRegression result;
  result.alpha = found[0];
  result.betas = found.tail(count);
  result.t_statistics = found.array() * lengths.array() / (variance * inverse.diagonal().array()).sqrt();
  result.contributions = result.betas.cwiseProduct(factors.colwise().mean().transpose());
  result.mean_return = returns.mean();
  result.r_squared = 1 - residuals / total;
  result.residual_deviation = std::sqrt(variance);
  result.variance_total = total / static_cast<double>(days - 1);
  result.variance_systematic = result.r_squared * result.variance_total;
  return result;
}

}  // namespace bulwark::analytics
