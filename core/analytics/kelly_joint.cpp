// SPDX-License-Identifier: Apache-2.0
// Kelly of several symbols at once: free by solving, within bounds one fraction after the other.
#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/analytics/kelly.h"

namespace bulwark::analytics {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int rounds_max = 1'000'000;
constexpr double still = 1e-13;  // of the largest fraction, or of 1

// Scaled to correlations, so that symbols of different volatility are judged alike.
Eigen::LDLT<MatrixXd> decomposed(const MatrixXd& covariance, VectorXd& deviations) {
  deviations = covariance.diagonal().cwiseSqrt();
  if (covariance.rows() == 0 || !covariance.allFinite() || !(deviations.minCoeff() > 0))
    throw std::invalid_argument("Kelly needs a variance above zero for each symbol");
  const MatrixXd correlation =
      deviations.cwiseInverse().asDiagonal() * covariance * deviations.cwiseInverse().asDiagonal();
  Eigen::LDLT<MatrixXd> result(correlation);
  if (!(result.vectorD().minCoeff() > 1e-10))
    throw std::invalid_argument(
        "the covariance is singular (symbols that move as one, or fewer days than symbols): some portfolio of these "
        "symbols "
        "has no risk, and Kelly would stake on it without end; leave one out, or take --estimator ledoit-wolf");
  return result;
}

// Fractions that grow fastest when each unit of gross costs `price`: each in turn goes to its best while the others
// stand, until none moves. The problem is convex, so that there is one end, wherever it begins.
void settle(const MatrixXd& covariance, const VectorXd& means, const KellyBounds& bounds, double price, VectorXd& f) {
  VectorXd pull = means - covariance * f;  // the slope of growth
  for (int round = 0; round < rounds_max; ++round) {
    double moved = 0;
    for (Eigen::Index k = 0; k < f.size(); ++k) {
      const double variance = covariance(k, k), slope = pull[k] + variance * f[k];
      const double paid = std::copysign(std::max(std::abs(slope) - price, 0.0), slope);
      const double step = std::clamp(paid / variance, bounds.smallest, bounds.largest) - f[k];
      f[k] += step;
      pull -= step * covariance.col(k);
      moved = std::max(moved, std::abs(step));
    }
    if (moved <= still * std::max(1.0, f.cwiseAbs().maxCoeff())) return;
  }
  throw std::invalid_argument("Kelly within bounds finds no end: these symbols are all but one; leave some out");
}

void refuse_bounds(const KellyBounds& bounds) {
  if (!(bounds.smallest <= 0) || !(bounds.largest >= 0) || !(bounds.gross >= 0))
    throw std::invalid_argument("Kelly's bounds leave out staking nothing");
}

}  // namespace

VectorXd kelly_joint(const MatrixXd& covariance, const VectorXd& excess_means) {
  VectorXd deviations;
  const auto solver = decomposed(covariance, deviations);
  return solver.solve(excess_means.cwiseQuotient(deviations)).cwiseQuotient(deviations);
}

VectorXd kelly_joint(const MatrixXd& covariance, const VectorXd& excess_means, const KellyBounds& bounds) {
  refuse_bounds(bounds);
  VectorXd deviations;
  decomposed(covariance, deviations);
  VectorXd f = VectorXd::Zero(excess_means.size());
  settle(covariance, excess_means, bounds, 0, f);
  if (f.lpNorm<1>() <= bounds.gross) return f;
  double low = 0, high = excess_means.cwiseAbs().maxCoeff();  // at this price nothing is staked
  for (int k = 0; k < 60; ++k) {
    const double price = (low + high) / 2;
    settle(covariance, excess_means, bounds, price, f);
    (f.lpNorm<1>() > bounds.gross ? low : high) = price;
  }
  settle(covariance, excess_means, bounds, high, f);
  return f;
}

ShrunkMeans shrunk_means(const VectorXd& means, const MatrixXd& covariance, Eigen::Index days) {
  VectorXd deviations;
  const auto solver = decomposed(covariance, deviations);
  const auto inverse_times = [&](const VectorXd& x) -> VectorXd {
    return solver.solve(x.cwiseQuotient(deviations)).cwiseQuotient(deviations);
  };
  const auto count = static_cast<double>(means.size());
  const VectorXd ones = VectorXd::Ones(means.size()), weights = inverse_times(ones);
  const double common = weights.dot(means) / weights.sum();
  const VectorXd apart = means - common * ones;
  const double distance = apart.dot(inverse_times(apart));
  const double share = (count + 2) / (count + 2 + static_cast<double>(days) * distance);
  return {means - share * apart, share};
}

}  // namespace bulwark::analytics
