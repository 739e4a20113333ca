// SPDX-License-Identifier: Apache-2.0
// Attribution: Bacon's example (Practical Portfolio Performance Measurement and Attribution), sums, and regressions
// that are known.
#include "core/analytics/attribution.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <stdexcept>

#include "tests/analytics/random.h"

namespace bulwark::analytics {
namespace {

TEST(Attribution, BaconsThreeCountries) {
  const Brinson found = brinson_fachler(Eigen::Vector3d(0.4, 0.3, 0.3), Eigen::Vector3d(0.4, 0.2, 0.4),
                                        Eigen::Vector3d(0.20, -0.05, 0.06), Eigen::Vector3d(0.10, -0.04, 0.08));
  EXPECT_TRUE(found.allocation.isApprox(Eigen::Vector3d(0, -0.0104, -0.0016), 1e-12));
  EXPECT_TRUE(found.selection.isApprox(Eigen::Vector3d(0.04, -0.002, -0.008), 1e-12));
  EXPECT_TRUE(found.interaction.isApprox(Eigen::Vector3d(0, -0.001, 0.002), 1e-12));
  EXPECT_NEAR(found.portfolio, 0.083, 1e-15);
  EXPECT_NEAR(found.benchmark, 0.064, 1e-15);
}

TEST(Attribution, EffectsAddUpToTheActiveReturn) {
  testing::Random random(6);
  for (int round = 0; round < 200; ++round) {
    const Eigen::Index sectors = 1 + round % 12;
    Eigen::VectorXd mine = random.normals(sectors), theirs = random.normals(sectors).cwiseAbs();
    mine.array() += (1 - mine.sum()) / static_cast<double>(sectors);  // short sectors too
    theirs /= theirs.sum();
    const Brinson found = brinson_fachler(mine, theirs, 0.1 * random.normals(sectors), 0.1 * random.normals(sectors));
    EXPECT_NEAR(found.allocation.sum() + found.selection.sum() + found.interaction.sum(),
                found.portfolio - found.benchmark, 1e-13);
  }
}

TEST(Attribution, ARegressionFindsWhatItWasMadeOf) {
  testing::Random random(7);
  const Eigen::MatrixXd factors = 0.01 * random.normals(500, 3);
  const Eigen::Vector3d betas(0.5, -0.2, 1.1);
  const FactorRegression found = factor_regression((factors * betas).array() + 0.0003, factors);
  EXPECT_NEAR(found.alpha, 0.0003, 1e-15);
  EXPECT_TRUE(found.betas.isApprox(betas, 1e-12));
  EXPECT_NEAR(found.r_squared, 1, 1e-12);
}

TEST(Attribution, ContributionsAddUpAndResidualsAreUnexplained) {
  testing::Random random(8);
  for (int round = 0; round < 50; ++round) {
    const Eigen::MatrixXd factors = 0.01 * random.normals(100 + round, 1 + round % 5);
    const Eigen::VectorXd returns = 0.02 * random.normals(factors.rows()) + factors.rowwise().sum();
    const FactorRegression found = factor_regression(returns, factors);
    EXPECT_NEAR(found.alpha + found.contributions.sum(), found.mean_return, 1e-15);
    const Eigen::VectorXd residuals =
        returns - factors * found.betas - Eigen::VectorXd::Constant(returns.size(), found.alpha);
    EXPECT_LT((factors.transpose() * residuals).norm(), 1e-12);
    EXPECT_GE(found.r_squared, 0);
    EXPECT_LE(found.r_squared, 1);
  }
}

TEST(Attribution, FactorsThatCannotBeToldApartAreRefused) {
  testing::Random random(9);
  Eigen::MatrixXd factors = random.normals(50, 3);
  const Eigen::VectorXd returns = random.normals(50);
  factors.col(2) = 2 * factors.col(0) - factors.col(1);
  EXPECT_THROW(factor_regression(returns, factors), std::invalid_argument);
  factors.col(2).setConstant(0.01);
  EXPECT_THROW(factor_regression(returns, factors), std::invalid_argument);
  factors.col(2).setZero();
  EXPECT_THROW(factor_regression(returns, factors), std::invalid_argument);
  EXPECT_THROW(factor_regression(random.normals(4), random.normals(4, 3)), std::invalid_argument);
  EXPECT_THROW(factor_regression(Eigen::VectorXd::Constant(50, 0.1), random.normals(50, 2)), std::invalid_argument);
}

}  // namespace
}  // namespace bulwark::analytics
