// SPDX-License-Identifier: Apache-2.0
// How much of the wealth to stake so that it grows fastest. Every fraction here is the full one: half of it has three
// quarters of the growth, and is the caller's to take.
#pragma once

#include <Eigen/Core>
#include <optional>

namespace bulwark::analytics {

// A bet won with probability p gains `win` for each unit staked, else loses `loss` of it. Below 0: there is no edge.
double kelly_binary(double probability, double win, double loss = 1);

// Of a return with this mean above the risk-free one, and variance.
double kelly_continuous(double excess_mean, double variance);

// The growth of wealth at a fraction, in the same approximation.
double kelly_growth(double fraction, double excess_mean, double variance, double risk_free);

// The fraction f at which the mean of log(1 + f x) over these excess returns is highest: no approximation. Throws
// std::invalid_argument where it has no end: no return is on the other side of zero.
double kelly_log_optimal(const Eigen::VectorXd& excess_returns);

// Of several at once: the inverse of the covariance times the excess means. Throws std::invalid_argument where the
// covariance is singular, so that a portfolio without risk would be staked without end.
Eigen::VectorXd kelly_joint(const Eigen::MatrixXd& covariance, const Eigen::VectorXd& excess_means);

struct KellyBounds {
  double smallest, largest;  // of each fraction
  double gross;              // of the sum of their sizes
};

// The same within bounds: the highest excess_means'f - f' covariance f / 2. Throws also where no fractions are within
// them.
Eigen::VectorXd kelly_joint(const Eigen::MatrixXd& covariance, const Eigen::VectorXd& excess_means,
                            const KellyBounds& bounds);

// Means of few days are mostly noise: each is drawn towards that of the portfolio with the least variance (Jorion 1986,
// Bayes-Stein). Precondition: more than two symbols, days more than symbols + 2.
struct ShrunkMeans {
  Eigen::VectorXd means;
  double share;  // 0: as they were; 1: all the same
};
ShrunkMeans shrunk_means(const Eigen::VectorXd& means, const Eigen::MatrixXd& covariance, Eigen::Index days);

}  // namespace bulwark::analytics
