// SPDX-License-Identifier: Apache-2.0
// Drawdowns by hand, and what holds for any returns.
#include "core/analytics/drawdown.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/analytics/random.h"

namespace bulwark::analytics {
namespace {

Eigen::VectorXd of(std::initializer_list<double> values) {
  return Eigen::Map<const Eigen::VectorXd>(values.begin(), static_cast<Eigen::Index>(values.size()));
}

TEST(Drawdown, TheStartCountsAsAPeak) {
  const Drawdowns found = drawdowns(of({-0.5, 0.5}));
  ASSERT_EQ(found.episodes.size(), 1u);
  EXPECT_DOUBLE_EQ(found.deepest, 0.5);
  EXPECT_EQ(found.episodes[0].peak, 0);
  EXPECT_EQ(found.episodes[0].trough, 1);
  EXPECT_EQ(found.episodes[0].recovery, std::nullopt);
  EXPECT_EQ(found.episodes[0].days_underwater, 2);
  EXPECT_DOUBLE_EQ(found.current, 0.25);
  EXPECT_DOUBLE_EQ(found.final_wealth, 0.75);
}

TEST(Drawdown, CompoundsAndSortsByDepth) {
  // 1, 0.9, 1.08, 0.54, 0.81, 1.62: down 10 %, then 50 % for two days, and back.
  const Drawdowns found = drawdowns(of({-0.1, 0.2, -0.5, 0.5, 1.0}));
  ASSERT_EQ(found.episodes.size(), 2u);
  EXPECT_DOUBLE_EQ(found.episodes[0].depth, 0.5);
  EXPECT_EQ(found.episodes[0].peak, 2);
  EXPECT_EQ(found.episodes[0].trough, 3);
  EXPECT_EQ(found.episodes[0].recovery, 5);
  EXPECT_EQ(found.episodes[0].days_to_trough, 1);
  EXPECT_EQ(found.episodes[0].days_underwater, 3);
  EXPECT_NEAR(found.episodes[1].depth, 0.1, 1e-15);
  EXPECT_EQ(found.episodes[1].recovery, 2);
  EXPECT_EQ(found.longest_underwater_days, 3);
  EXPECT_EQ(found.current, 0);
  EXPECT_NEAR(found.pain_index, (0.1 + 0 + 0.5 + 0.25 + 0) / 5, 1e-15);
  EXPECT_NEAR(found.ulcer_index, std::sqrt((0.01 + 0.25 + 0.0625) / 5), 1e-15);
}

TEST(Drawdown, NeverBelowAPeak) {
  const Drawdowns found = drawdowns(of({0.1, 0, 0.2}));
  EXPECT_TRUE(found.episodes.empty());
  EXPECT_EQ(found.deepest, 0);
  EXPECT_EQ(found.longest_underwater_days, 0);
}

TEST(Drawdown, ATotalLossIsOneAndStays) {
  const Drawdowns found = drawdowns(of({0.1, -1, 0.5}));
  EXPECT_EQ(found.deepest, 1);
  EXPECT_EQ(found.episodes[0].recovery, std::nullopt);
}

TEST(Drawdown, RefusesWhatIsNoReturn) {
  EXPECT_THROW(drawdowns(Eigen::VectorXd()), std::invalid_argument);
  EXPECT_THROW(drawdowns(of({0.1, -1.5})), std::invalid_argument);
  EXPECT_THROW(drawdowns(of({0.1, std::nan("")})), std::invalid_argument);
}

TEST(Drawdown, OnRandomReturnsEpisodesPartTheDaysBelowAPeak) {
  testing::Random random(1);
  for (int round = 0; round < 200; ++round) {
    const Eigen::VectorXd returns = 0.02 * random.normals(1 + round * 3);
    const Drawdowns found = drawdowns(returns);
    const Eigen::VectorXd path = wealth(returns);
    Eigen::Index below = 0, told = 0;
    double peak = 1, deepest = 0;
    for (Eigen::Index k = 0; k < path.size(); ++k) {
      peak = std::max(peak, path[k]);
      below += path[k] < peak;
      deepest = std::max(deepest, 1 - path[k] / peak);
    }
    double before = 1;
    for (const Drawdown& one : found.episodes) {
      EXPECT_GT(one.depth, 0);
      EXPECT_LE(one.depth, before);
      before = one.depth;
      EXPECT_LT(one.peak, one.trough);
      EXPECT_DOUBLE_EQ(one.depth, 1 - path[one.trough] / path[one.peak]);
      EXPECT_TRUE(!one.recovery || path[*one.recovery] >= path[one.peak]);
      told += one.days_underwater - (one.recovery ? 1 : 0);
    }
    EXPECT_EQ(told, below);
    EXPECT_DOUBLE_EQ(found.deepest, deepest);
    EXPECT_LE(found.pain_index, found.ulcer_index + 1e-15);
    EXPECT_LE(found.ulcer_index, found.deepest + 1e-15);
    EXPECT_LE(found.current, found.deepest);
  }
}

}  // namespace
}  // namespace bulwark::analytics
