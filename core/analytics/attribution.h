// SPDX-License-Identifier: Apache-2.0
// Where a return came from: choice of sectors and of what is in them against a benchmark, or factors.
#pragma once

#include <Eigen/Core>

namespace bulwark::analytics {

// Brinson-Fachler, by sector. The three add up to the active return where both weights add up to one.
struct Brinson {
  Eigen::VectorXd allocation, selection, interaction;
  double portfolio, benchmark;
};

// Weights and returns of the sectors: of the portfolio, and of the benchmark.
Brinson brinson_fachler(const Eigen::VectorXd& portfolio_weights, const Eigen::VectorXd& benchmark_weights,
                        const Eigen::VectorXd& portfolio_returns, const Eigen::VectorXd& benchmark_returns);

// Ordinary least squares with an intercept.
struct FactorRegression {
  double alpha;  // of one day
  Eigen::VectorXd betas;
  Eigen::VectorXd t_statistics;   // alpha's first
  Eigen::VectorXd contributions;  // beta x mean of the factor; with alpha they add up to the mean return
  double mean_return, r_squared;
  double residual_deviation;                   // over the degrees of freedom
  double variance_total, variance_systematic;  // of the sample
};

// One row a day, one column a factor. Throws std::invalid_argument where there are too few days, or where a factor is a
// combination of the others.
FactorRegression factor_regression(const Eigen::VectorXd& returns, const Eigen::MatrixXd& factors);

}  // namespace bulwark::analytics
