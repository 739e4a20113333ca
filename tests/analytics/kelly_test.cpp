// SPDX-License-Identifier: Apache-2.0
// Kelly: published examples (Kelly 1956; Thorp 2006, "The Kelly criterion in blackjack, sports betting and the stock
// market"), the first-order conditions of each optimum, and what is refused.
#include "core/analytics/kelly.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <limits>
#include <stdexcept>

#include "tests/analytics/random.h"

namespace bulwark::analytics {
namespace {

constexpr double without_end = std::numeric_limits<double>::infinity();

TEST(Kelly, Binary) {
  EXPECT_NEAR(kelly_binary(0.51, 1), 0.02, 1e-15);
  EXPECT_NEAR(kelly_binary(0.60, 1), 0.20, 1e-15);
  EXPECT_NEAR(kelly_binary(0.40, 2), 0.10, 1e-15);
  EXPECT_NEAR(kelly_binary(0.60, 0.20, 0.10), 4, 1e-14);
  EXPECT_NEAR(kelly_binary(0.48, 1), -0.04, 1e-15);
}

TEST(Kelly, ThorpsIndex) {
  const double full = kelly_continuous(0.11 - 0.06, 0.15 * 0.15);
  EXPECT_NEAR(full, 2.2222222222222223, 1e-14);
  EXPECT_NEAR(kelly_growth(full, 0.05, 0.0225, 0.06), 0.11555555555555556, 1e-15);
  EXPECT_NEAR(kelly_growth(full / 2, 0.05, 0.0225, 0.06), 0.10166666666666666, 1e-15);
  const double gained = kelly_growth(full / 2, 0.05, 0.0225, 0) / kelly_growth(full, 0.05, 0.0225, 0);
  EXPECT_NEAR(gained, 0.75, 1e-14) << "half the stake keeps three quarters of the growth";
}

TEST(Kelly, TwoAtOnce) {
  const Eigen::Matrix2d covariance{{0.04, 0.012}, {0.012, 0.09}};
  const Eigen::VectorXd found = kelly_joint(covariance, Eigen::Vector2d(0.05, 0.07));
  EXPECT_NEAR(found[0], 1.059027777777778, 1e-13);
  EXPECT_NEAR(found[1], 0.6365740740740742, 1e-13);
}

TEST(Kelly, LogOptimalOfABetIsTheBinaryOne) {
  Eigen::VectorXd bets(100);
  bets << Eigen::VectorXd::Ones(60), -Eigen::VectorXd::Ones(40);
  EXPECT_NEAR(kelly_log_optimal(bets), 0.2, 1e-12);
  EXPECT_NEAR(kelly_log_optimal(-bets), -0.2, 1e-12);
}

TEST(Kelly, LogOptimalHasNoSlope) {
  testing::Random random(2);
  for (int round = 0; round < 100; ++round) {
    const Eigen::ArrayXd returns = 0.0005 + 0.01 * random.normals(250 + round).array();
    const double f = kelly_log_optimal(returns.matrix());
    EXPECT_GT((1 + f * returns).minCoeff(), 0);
    EXPECT_NEAR((returns / (1 + f * returns)).sum() / returns.abs().sum(), 0, 1e-12);
  }
}

TEST(Kelly, LogOptimalRefusesWhatHasNoEnd) {
  EXPECT_THROW(kelly_log_optimal(Eigen::Vector2d(0.1, 0.2)), std::invalid_argument);
  EXPECT_THROW(kelly_log_optimal(Eigen::Vector2d(-0.1, 0)), std::invalid_argument);
  EXPECT_THROW(kelly_log_optimal(Eigen::Vector2d(-0.1, std::nan(""))), std::invalid_argument);
  EXPECT_THROW(kelly_log_optimal(Eigen::VectorXd()), std::invalid_argument);
}

TEST(Kelly, JointRefusesASingularCovariance) {
  EXPECT_THROW(kelly_joint(Eigen::Matrix2d{{0.04, 0.06}, {0.06, 0.09}}, Eigen::Vector2d(0.01, 0.02)),
               std::invalid_argument);
  EXPECT_THROW(kelly_joint(Eigen::Matrix2d{{0.04, 0}, {0, 0}}, Eigen::Vector2d(0.01, 0.02)), std::invalid_argument);
}

TEST(Kelly, LooseBoundsChangeNothing) {
  testing::Random random(3);
  for (Eigen::Index size = 1; size <= 20; ++size) {
    const Eigen::MatrixXd covariance = random.covariance(size, 1e-4);
    const Eigen::VectorXd means = 0.0005 * random.normals(size);
    const Eigen::VectorXd free = kelly_joint(covariance, means);
    EXPECT_LT((covariance * free - means).norm(), 1e-12 * means.norm());
    const Eigen::VectorXd found = kelly_joint(covariance, means, {-without_end, without_end, without_end});
    EXPECT_LT((found - free).norm(), 1e-5 * free.norm());
  }
}

// At the optimum no small move within the bounds grows faster: the slope points out of them, all by the same price of
// gross.
TEST(Kelly, TightBoundsHoldAndAreOptimal) {
  testing::Random random(4);
  for (int round = 0; round < 60; ++round) {
    const Eigen::Index size = 2 + round % 10;
    const Eigen::MatrixXd covariance = random.covariance(size, 1e-4);
    const Eigen::VectorXd means = 0.0005 * random.normals(size);
    const KellyBounds bounds{round % 2 == 0 ? 0.0 : -1.0, 1.5, round % 3 == 0 ? without_end : 2.0};
    const Eigen::VectorXd found = kelly_joint(covariance, means, bounds);
    EXPECT_GE(found.minCoeff(), bounds.smallest - 1e-9);
    EXPECT_LE(found.maxCoeff(), bounds.largest + 1e-9);
    EXPECT_LE(found.lpNorm<1>(), bounds.gross + 1e-7);
    const auto growth = [&](const Eigen::VectorXd& f) { return means.dot(f) - f.dot(covariance * f) / 2; };
    for (int k = 0; k < 300; ++k) {
      Eigen::VectorXd other =
          (found + (k % 2 == 0 ? 1e-3 : 1.0) * random.normals(size)).cwiseMax(bounds.smallest).cwiseMin(bounds.largest);
      if (other.lpNorm<1>() > bounds.gross) other *= bounds.gross / other.lpNorm<1>();
      EXPECT_LE(growth(other), growth(found) + 1e-9 * growth(found));
    }
  }
}

TEST(Kelly, BoundsThatLeaveOutNothingAreRefused) {
  const Eigen::MatrixXd one = Eigen::MatrixXd::Identity(2, 2);
  EXPECT_THROW(kelly_joint(one, Eigen::Vector2d(1, 1), {0.1, 1, 2}), std::invalid_argument);
  EXPECT_THROW(kelly_joint(one, Eigen::Vector2d(1, 1), {0, 1, -1}), std::invalid_argument);
}

TEST(Kelly, MeansOfFewDaysAreDrawnTogether) {
  testing::Random random(5);
  const Eigen::MatrixXd covariance = random.covariance(6, 1e-4);
  const Eigen::VectorXd means = 0.001 * random.normals(6);
  const ShrunkMeans few = shrunk_means(means, covariance, 60), many = shrunk_means(means, covariance, 100'000);
  EXPECT_GT(few.share, many.share);
  EXPECT_LE(few.share, 1);
  EXPECT_GT(many.share, 0);
  EXPECT_LT((few.means.array() - few.means.mean()).matrix().norm(), (means.array() - means.mean()).matrix().norm());
  EXPECT_NEAR(shrunk_means(Eigen::VectorXd::Constant(6, 0.001), covariance, 60).share, 1, 1e-9);
}

}  // namespace
}  // namespace bulwark::analytics
