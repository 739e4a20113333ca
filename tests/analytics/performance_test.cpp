// SPDX-License-Identifier: Apache-2.0
// Performance and volatility targets, by hand.
#include "core/analytics/performance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "core/analytics/volatility_target.h"

namespace bulwark::analytics {
namespace {

TEST(Performance, ByHand) {
  const Eigen::Vector4d returns(0.10, -0.05, 0.02, 0.01);
  const Performance found = performance(returns, 0.01, 4);
  const double wealth = 1.1 * 0.95 * 1.02 * 1.01;
  EXPECT_NEAR(found.total_return, wealth - 1, 1e-15);
  EXPECT_NEAR(found.annual_return, wealth - 1, 1e-15);
  const double deviation = std::sqrt((0.08 * 0.08 + 0.07 * 0.07 + 0 + 0.01 * 0.01) / 3);
  EXPECT_NEAR(found.annual_volatility, deviation * 2, 1e-15);
  EXPECT_NEAR(found.sharpe.value(), 0.01 / deviation * 2, 1e-13);
  EXPECT_NEAR(found.sortino.value(), 0.01 / std::sqrt(0.06 * 0.06 / 4) * 2, 1e-13);
  EXPECT_NEAR(found.calmar.value(), (wealth - 1) / 0.05, 1e-12);
  EXPECT_EQ(found.best, 0.10);
  EXPECT_EQ(found.worst, -0.05);
  EXPECT_EQ(found.share_positive, 0.75);
}

TEST(Performance, ARatioToNothingIsNone) {
  const Performance found = performance(Eigen::Vector3d(0.01, 0.01, 0.01), 0);
  EXPECT_EQ(found.sharpe, std::nullopt);
  EXPECT_EQ(found.sortino, std::nullopt);
  EXPECT_EQ(found.calmar, std::nullopt);
  EXPECT_EQ(found.skewness, std::nullopt);
  EXPECT_THROW(performance(Eigen::VectorXd::Constant(1, 0.01), 0), std::invalid_argument);
}

TEST(Performance, TheWorstRunCompounds) {
  const Eigen::VectorXd returns = (Eigen::VectorXd(5) << -0.1, 0.2, -0.1, -0.2, 0.3).finished();
  EXPECT_EQ(worst_run(returns, 1).end, 3);
  const auto two = worst_run(returns, 2);
  EXPECT_NEAR(two.compounded, 0.9 * 0.8 - 1, 1e-15);
  EXPECT_EQ(two.end, 3);
  EXPECT_EQ(worst_run(returns, 5).end, 4);
}

TEST(VolatilityTarget, HalfTheVolatilityIsTwiceTheSizeUpToTheCap) {
  const double daily = 0.10 / std::sqrt(252);
  const Eigen::VectorXd found =
      leverage(Eigen::Vector4d(daily * daily, 4 * daily * daily, daily * daily / 100, 0), 0.10, 2);
  EXPECT_NEAR(found[0], 1, 1e-14);
  EXPECT_NEAR(found[1], 0.5, 1e-14);
  EXPECT_EQ(found[2], 2);
  EXPECT_EQ(found[3], 2);
}

}  // namespace
}  // namespace bulwark::analytics
