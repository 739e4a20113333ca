// SPDX-License-Identifier: Apache-2.0
// Stress: losses, crises of the covariance, and the smallest shock.
#include "core/analytics/stress.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <stdexcept>

#include "tests/analytics/random.h"

namespace bulwark::analytics {
namespace {

TEST(Stress, LossesArePositive) {
  EXPECT_DOUBLE_EQ(stress_loss(Eigen::Vector2d(0.6, -0.4), Eigen::Vector2d(-0.2, -0.1)), 0.08);
}

TEST(Stress, CorrelationsGoToOneAndVariancesStay) {
  testing::Random random(10);
  const Eigen::MatrixXd covariance = random.covariance(5, 1e-4);
  EXPECT_TRUE(with_correlations_towards_one(covariance, 0).isApprox(covariance));
  const Eigen::MatrixXd one = with_correlations_towards_one(covariance, 1),
                        half = with_correlations_towards_one(covariance, 0.5);
  EXPECT_TRUE(one.diagonal().isApprox(covariance.diagonal()));
  EXPECT_TRUE(half.isApprox((one + covariance) / 2));
  const Eigen::VectorXd weights = random.normals(5);
  EXPECT_NEAR(std::sqrt(weights.dot(one * weights)), std::abs(weights.dot(covariance.diagonal().cwiseSqrt())), 1e-9);
  EXPECT_TRUE(
      with_volatility_times(covariance, 3).diagonal().cwiseSqrt().isApprox(3 * covariance.diagonal().cwiseSqrt()));
}

TEST(Stress, NoShockThatLosesAsMuchIsNearer) {
  testing::Random random(11);
  for (int round = 0; round < 50; ++round) {
    const Eigen::Index size = 1 + round % 8;
    const Eigen::MatrixXd covariance = random.covariance(size, 1e-4);
    const Eigen::VectorXd exposures = random.normals(size);
    const ReverseStress found = reverse_stress(exposures, covariance, 0.1);
    EXPECT_NEAR(stress_loss(exposures, found.moves), 0.1, 1e-12);
    const auto deviations = [&](const Eigen::VectorXd& moves) {
      return std::sqrt(moves.dot(covariance.ldlt().solve(moves)));
    };
    EXPECT_NEAR(deviations(found.moves), found.deviations, 1e-7 * found.deviations);
    for (int k = 0; k < 100; ++k) {
      Eigen::VectorXd other = found.moves + 0.01 * random.normals(size);
      other *= 0.1 / stress_loss(exposures, other);
      EXPECT_GE(deviations(other), found.deviations * (1 - 1e-9));
    }
  }
}

TEST(Stress, WithoutRiskNothingLosesIt) {
  EXPECT_THROW(reverse_stress(Eigen::Vector2d(0, 0), Eigen::Matrix2d::Identity(), 0.1), std::invalid_argument);
}

}  // namespace
}  // namespace bulwark::analytics
