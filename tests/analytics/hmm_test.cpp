// SPDX-License-Identifier: Apache-2.0
// Hidden Markov chains: the umbrella example (Russell and Norvig, Artificial Intelligence), the federal funds rate
// (Stata manual, mswitch), all paths added up one by one, and what any fit has to be.
#include "core/analytics/hmm.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <stdexcept>

#include "tests/analytics/fed_funds.h"
#include "tests/analytics/random.h"

namespace bulwark::analytics {
namespace {

struct Umbrella {
  Chain chain{Eigen::Vector2d(0.5, 0.5), Eigen::Matrix2d{{0.7, 0.3}, {0.3, 0.7}}};
  Eigen::MatrixXd densities{{0.9, 0.2}, {0.9, 0.2}, {0.1, 0.8}, {0.9, 0.2}, {0.9, 0.2}};
};

TEST(Hmm, UmbrellaFiltered) {
  const Umbrella umbrella;
  const Filtered found = filter(umbrella.chain, umbrella.densities.array().log().matrix());
  const double expected[] = {0.8181818181818181, 0.883357041251778, 0.19066793972352525, 0.7307940045849821,
                             0.8673388895754848};
  for (Eigen::Index t = 0; t < 5; ++t) EXPECT_NEAR(found.probabilities(t, 0), expected[t], 1e-14);
  EXPECT_NEAR(found.log_likelihood, -3.372502044332175, 1e-13);
}

TEST(Hmm, UmbrellaSmoothed) {
  const Umbrella umbrella;
  const Eigen::MatrixXd found =
      smooth(umbrella.chain, filter(umbrella.chain, umbrella.densities.array().log().matrix()).probabilities);
  const double expected[] = {0.8673388895754848, 0.8204190536236753, 0.3074835760066177, 0.8204190536236754,
                             0.8673388895754848};
  for (Eigen::Index t = 0; t < 5; ++t) EXPECT_NEAR(found(t, 0), expected[t], 1e-14);
}

TEST(Hmm, FederalFunds) {
  const Eigen::Map<const Eigen::VectorXd> rates(testing::fed_funds, std::size(testing::fed_funds));
  const GaussianHmm hmm{Eigen::Vector2d(3.70877, 9.556793), Eigen::Vector2d::Constant(4.441817583844001),
                        Eigen::Matrix2d{{0.9820939, 1 - 0.9820939}, {0.0503587, 1 - 0.0503587}}};
  const Filtered found = filter(hmm, rates);
  EXPECT_NEAR(found.log_likelihood, -508.6359176376283, 1e-9);
  EXPECT_NEAR(found.probabilities(0, 0), 0.9997775439893843, 1e-12);
}

GaussianHmm random_hmm(testing::Random& random, Eigen::Index states) {
  GaussianHmm hmm{random.normals(states), random.normals(states).array().square() + 0.1,
                  random.normals(states, states).array().square() + 0.05};
  hmm.transition.array().colwise() /= hmm.transition.rowwise().sum().array();
  return hmm;
}

// Each path of states by itself: 3^6 products.
TEST(Hmm, AllPathsAddedUpOneByOne) {
  testing::Random random(21);
  for (int round = 0; round < 20; ++round) {
    const GaussianHmm hmm = random_hmm(random, 3);
    const Eigen::VectorXd seen = random.normals(6);
    const Eigen::MatrixXd density = log_densities(hmm, seen).array().exp();
    const Eigen::VectorXd first = hmm.transition.transpose() * stationary(hmm.transition);
    Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(6, 3);
    for (int path = 0; path < 729; ++path) {
      int states[6];
      for (int t = 0, rest = path; t < 6; ++t, rest /= 3) states[t] = rest % 3;
      double product = first[states[0]] * density(0, states[0]);
      for (int t = 1; t < 6; ++t) product *= hmm.transition(states[t - 1], states[t]) * density(t, states[t]);
      for (int t = 0; t < 6; ++t) sums(t, states[t]) += product;
    }
    EXPECT_NEAR(filter(hmm, seen).log_likelihood, std::log(sums.row(0).sum()), 1e-11);
    EXPECT_TRUE(smooth(hmm, seen).isApprox(sums / sums.row(0).sum(), 1e-10));
  }
}

TEST(Hmm, ProbabilitiesAddUpAndDoNotLookAhead) {
  testing::Random random(22);
  for (int round = 0; round < 30; ++round) {
    const GaussianHmm hmm = random_hmm(random, 2 + round % 3);
    Eigen::VectorXd seen = random.normals(200);
    const Eigen::MatrixXd filtered = filter(hmm, seen).probabilities, smoothed = smooth(hmm, seen);
    EXPECT_TRUE(filtered.rowwise().sum().isApproxToConstant(1, 1e-12));
    EXPECT_TRUE(smoothed.rowwise().sum().isApproxToConstant(1, 1e-10));
    EXPECT_GE(smoothed.minCoeff(), 0);
    EXPECT_TRUE(filtered.row(199).isApprox(smoothed.row(199)));
    seen.tail(100).array() += 50;  // what comes later changes no filtered probability before it
    EXPECT_EQ(filter(hmm, seen).probabilities.topRows(100), filtered.topRows(100));
    EXPECT_TRUE(filter(hmm, seen).probabilities.allFinite());
  }
}

Eigen::VectorXd two_regimes(Eigen::Index count, std::uint64_t seed) {
  testing::Random random(seed);
  Eigen::VectorXd result(count);
  bool wild = false;
  for (double& value : result) {
    if (random.uniform() < (wild ? 0.06 : 0.02)) wild = !wild;
    value = wild ? -0.1 + 2.2 * random.normal() : 0.1 + 0.7 * random.normal();
  }
  return result;
}

TEST(Hmm, AFitFindsTheRegimesCalmestFirst) {
  const Eigen::VectorXd seen = two_regimes(3'000, 23);
  const HmmFit found = fit_hmm(seen, 2, 1);
  const GaussianHmm truth{Eigen::Vector2d(0.1, -0.1), Eigen::Vector2d(0.49, 4.84),
                          Eigen::Matrix2d{{0.98, 0.02}, {0.06, 0.94}}};
  EXPECT_GE(found.log_likelihood, filter(truth, seen).log_likelihood);
  EXPECT_NEAR(found.log_likelihood, filter(found.hmm, seen).log_likelihood, 1e-9);
  EXPECT_NEAR(std::sqrt(found.hmm.variances[0]), 0.7, 0.05);
  EXPECT_NEAR(std::sqrt(found.hmm.variances[1]), 2.2, 0.2);
  EXPECT_TRUE(found.hmm.transition.rowwise().sum().isApproxToConstant(1, 1e-12));
}

TEST(Hmm, MoreStatesAreNoLessLikely) {
  const Eigen::VectorXd seen = two_regimes(800, 24);
  const HmmFit two = fit_hmm(seen, 2, 1), three = fit_hmm(seen, 3, 1);
  EXPECT_GE(three.log_likelihood, two.log_likelihood - 0.01);
  EXPECT_LT(three.hmm.variances[0], three.hmm.variances[1]);
  EXPECT_LT(three.hmm.variances[1], three.hmm.variances[2]);
}

TEST(Hmm, TheSameSeedGivesTheSameAndAnotherIsNoWorse) {
  const Eigen::VectorXd seen = two_regimes(800, 25);
  const HmmFit one = fit_hmm(seen, 2, 7), again = fit_hmm(seen, 2, 7), other = fit_hmm(seen, 2, 8);
  EXPECT_EQ(one.log_likelihood, again.log_likelihood);
  EXPECT_EQ(one.hmm.transition, again.hmm.transition);
  EXPECT_NEAR(one.log_likelihood, other.log_likelihood, 1e-4);
}

TEST(Hmm, DirtySeriesAreRefused) {
  testing::Random random(26);
  EXPECT_THROW(fit_hmm(random.normals(10), 2, 1), std::invalid_argument);
  EXPECT_THROW(fit_hmm(Eigen::VectorXd::Constant(500, 0.1), 2, 1), std::invalid_argument);
  EXPECT_THROW(fit_hmm(random.normals(500), 1, 1), std::invalid_argument);
  Eigen::VectorXd gap = random.normals(500), still = random.normals(500);
  gap[5] = std::nan("");
  still.tail(300).setZero();
  EXPECT_THROW(fit_hmm(gap, 2, 1), std::invalid_argument);
  EXPECT_THROW(fit_hmm(still, 2, 1), std::invalid_argument);
}

}  // namespace
}  // namespace bulwark::analytics
