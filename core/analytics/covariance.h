// SPDX-License-Identifier: Apache-2.0
// Covariances of daily returns, one row a day, one column a symbol; correlations; and the nearest matrix that is one.
#pragma once

#include <Eigen/Core>

namespace bulwark::analytics {

// Centred, over n - 1. Precondition: two rows.
Eigen::MatrixXd sample_covariance(const Eigen::MatrixXd& returns);

// Zero mean, for the day after the last: S1 = r1 r1', then S = lambda S + (1 - lambda) r r'.
Eigen::MatrixXd ewma_covariance(Eigen::MatrixXd returns, double lambda);

struct Shrunk {
  Eigen::MatrixXd covariance;
  double shrinkage = 0;  // the target's share, 0 to 1
  double target = 0;     // the identity's multiple, or the constant correlation
};

// Centred, over n, towards a multiple of the identity (Ledoit and Wolf 2004, JMVA 88).
Shrunk shrunk_to_identity(const Eigen::MatrixXd& returns);

// Centred, over n, towards the same variances with one correlation for all ("Honey, I shrunk the sample covariance
// matrix", 2004). Precondition: no column without variance.
Shrunk shrunk_to_constant_correlation(const Eigen::MatrixXd& returns);

// Precondition: no variance is 0.
Eigen::MatrixXd correlation_of(const Eigen::MatrixXd& covariance);

// The variance of w'r, never below 0.
double portfolio_variance(const Eigen::VectorXd& weights, const Eigen::MatrixXd& covariance);

// Of returns with gaps (NaN): deviations over each symbol's own days, correlations over the days that a pair has in
// common (NaN where one of the two never moved on them).
struct Pairwise {
  Eigen::MatrixXd correlation;
  Eigen::VectorXd deviations;
  Eigen::Index fewest = 0, row = 0, column = 0;  // the pair with the fewest days in common, and how many
};
Pairwise pairwise(const Eigen::MatrixXd& returns);

struct Repaired {
  Eigen::MatrixXd matrix;
  double lowest = 0;    // the lowest eigenvalue before
  double distance = 0;  // of the matrix from what it was: Frobenius
};

// Negative eigenvalues to 0, the diagonal as it was: what pairs of different dates say need not fit together.
Repaired repaired(const Eigen::MatrixXd& symmetric);

}  // namespace bulwark::analytics
