// SPDX-License-Identifier: Apache-2.0
// GARCH: the recursion by hand, derivatives against differences, fits of what was simulated, and what is refused.
#include "core/analytics/garch.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <stdexcept>

#include "tests/analytics/random.h"

namespace bulwark::analytics {
namespace {

Eigen::VectorXd simulated(const Garch& garch, Eigen::Index count, std::uint64_t seed, int degrees = 0) {
  testing::Random random(seed);
  Eigen::VectorXd returns(count);
  double h = garch.omega / (1 - garch.alpha - garch.beta);
  for (Eigen::Index t = 0; t < count; ++t) {
    double z = random.normal();
    if (degrees > 0) z *= std::sqrt((degrees - 2) / random.normals(degrees).squaredNorm());
    const double e = std::sqrt(h) * z;
    returns[t] = garch.mu + e;
    h = garch.omega + garch.alpha * e * e + garch.beta * h;
  }
  return returns;
}

constexpr Garch usual{0.05, 0.02, 0.08, 0.90};

TEST(Garch, TheRecursionByHand) {
  const Garch garch{0.1, 0.2, 0.3, 0.4};
  const GarchPath path = garch_path(Eigen::Vector2d(1.1, -0.9), garch, Innovation::Normal);
  EXPECT_DOUBLE_EQ(path.variances[0], 0.2 + 0.7 * 1);  // both residuals are 1 in size
  EXPECT_DOUBLE_EQ(path.variances[1], 0.2 + 0.3 * 1 + 0.4 * 0.9);
  EXPECT_DOUBLE_EQ(path.next_variance, 0.2 + 0.3 * 1 + 0.4 * 0.86);
  EXPECT_NEAR(path.log_likelihood,
              -0.5 * (2 * std::log(2 * std::numbers::pi) + std::log(0.9) + 1 / 0.9 + std::log(0.86) + 1 / 0.86), 1e-14);
}

TEST(Garch, ForecastsGoToTheLongRunVariance) {
  const Eigen::VectorXd found = garch_forecast(usual, 3, 2'000);
  EXPECT_EQ(found[0], 3);
  EXPECT_DOUBLE_EQ(found[1], 0.02 + 0.98 * 3);
  EXPECT_NEAR(found[1'999], 0.02 / (1 - 0.98), 1e-9);
}

TEST(Garch, StudentWithManyDegreesIsNormal) {
  const Eigen::VectorXd returns = simulated(usual, 300, 12);
  Garch fat = usual;
  fat.degrees = 1e7;
  EXPECT_NEAR(garch_path(returns, fat, Innovation::Student).log_likelihood,
              garch_path(returns, usual, Innovation::Normal).log_likelihood, 1e-4);
}

TEST(Garch, DerivativesAreThoseOfTheLikelihood) {
  const Eigen::VectorXd returns = simulated(usual, 400, 13);
  for (const Innovation innovation : {Innovation::Normal, Innovation::Student}) {
    const Garch at{0.02, 0.05, 0.12, 0.8, 7};
    Eigen::VectorXd gradient(5), ignored(5);
    const double value = garch_likelihood(returns, at, innovation, gradient);
    EXPECT_NEAR(value, garch_path(returns, at, innovation).log_likelihood, 1e-9);
    double Garch::*const members[] = {&Garch::mu, &Garch::omega, &Garch::alpha, &Garch::beta, &Garch::degrees};
    for (int k = 0; k < (innovation == Innovation::Student ? 5 : 4); ++k) {
      Garch up = at, down = at;
      up.*members[k] += 1e-6;
      down.*members[k] -= 1e-6;
      const double difference =
          (garch_likelihood(returns, up, innovation, ignored) - garch_likelihood(returns, down, innovation, ignored)) /
          2e-6;
      EXPECT_NEAR(gradient[k], difference, 1e-5 * std::max(1.0, std::abs(difference))) << "parameter " << k;
    }
  }
}

TEST(Garch, AFitIsLikelierThanWhatItWasSimulatedWith) {
  for (const std::uint64_t seed : {14, 15, 16}) {
    const Eigen::VectorXd normal = simulated(usual, 1'500, seed), fat = simulated(usual, 1'500, seed, 6);
    Garch six = usual;
    six.degrees = 6;
    const GarchFit found = fit_garch(normal, Innovation::Normal), found_fat = fit_garch(fat, Innovation::Student);
    EXPECT_GE(found.path.log_likelihood, garch_path(normal, usual, Innovation::Normal).log_likelihood);
    EXPECT_GE(found_fat.path.log_likelihood, garch_path(fat, six, Innovation::Student).log_likelihood);
    EXPECT_NEAR(found.garch.alpha + found.garch.beta, 0.98, 0.05);
    EXPECT_NEAR(found_fat.garch.degrees, 6, 2.5);
  }
}

TEST(Garch, AFitHasNoSlopeInside) {
  const Eigen::VectorXd returns = simulated(usual, 1'000, 17);
  const GarchFit found = fit_garch(returns, Innovation::Normal);
  ASSERT_FALSE(found.at_border);
  Eigen::VectorXd gradient(4);
  garch_likelihood(returns, found.garch, Innovation::Normal, gradient);
  EXPECT_LT(gradient.cwiseAbs().maxCoeff(), 0.05);  // of a log-likelihood whose curvature is in the thousands
}

TEST(Garch, AFitDoesNotDependOnTheUnit) {
  const Eigen::VectorXd percent = simulated(usual, 1'000, 18);
  const GarchFit one = fit_garch(percent, Innovation::Normal), hundredth = fit_garch(percent / 100, Innovation::Normal);
  EXPECT_NEAR(hundredth.path.log_likelihood - one.path.log_likelihood, 1'000 * std::log(100), 1e-5);
  EXPECT_NEAR(hundredth.garch.alpha, one.garch.alpha, 1e-5);
}

TEST(Garch, WhatSaysLittleSaysSo) {
  testing::Random random(19);
  int at_border = 0;
  for (int k = 0; k < 10; ++k) at_border += fit_garch(random.normals(500), Innovation::Normal).at_border;
  EXPECT_GT(at_border, 0) << "half of all series without clusters have alpha at zero";
}

TEST(Garch, DirtySeriesAreRefused) {
  testing::Random random(20);
  EXPECT_THROW(fit_garch(random.normals(10), Innovation::Normal), std::invalid_argument);
  EXPECT_THROW(fit_garch(Eigen::VectorXd::Constant(500, 0.1), Innovation::Normal), std::invalid_argument);
  Eigen::VectorXd gap = random.normals(500), still = random.normals(500);
  gap[77] = std::nan("");
  still.head(300).setZero();
  EXPECT_THROW(fit_garch(gap, Innovation::Normal), std::invalid_argument);
  EXPECT_THROW(fit_garch(still, Innovation::Student), std::invalid_argument);
}

}  // namespace
}  // namespace bulwark::analytics
