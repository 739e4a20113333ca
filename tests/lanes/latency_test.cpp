// SPDX-License-Identifier: Apache-2.0
// The counts of how long something took: every value has its place, a percentile is within a sixteenth of the exact
// one, and whoever reads a copy while it is written sees nothing that was not there.
#include "shm/latency.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <thread>
#include <vector>

namespace bulwark::shm {

namespace {

Latency latency_of(const std::vector<std::uint64_t>& values) {
  LatencyCounts counts{};
  for (const std::uint64_t value : values) record(counts, {static_cast<std::int64_t>(value)});
  return Latency::copy_of(counts);
}

// From some ns to some seconds, the same on every machine.
std::vector<std::uint64_t> spread_values(unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> values(10'000);
  for (std::uint64_t& value : values) value = random() % (std::uint64_t{1} << (1 + random() % 34));
  return values;
}

}  // namespace

TEST(LatencyPlaces, LieSideBySideFromZeroToTheLast) {
  std::uint64_t next = 0;
  for (std::size_t place = 0; place < LatencyPlaces::count; ++place) {
    const std::uint64_t lowest = LatencyPlaces::lowest(place), highest = LatencyPlaces::highest(place);
    EXPECT_EQ(LatencyPlaces::place_of(lowest), place);
    EXPECT_EQ(LatencyPlaces::place_of(highest), place);
    EXPECT_EQ(LatencyPlaces::place_of(LatencyPlaces::middle(place)), place);
    EXPECT_EQ(lowest, next);
    next = highest + 1;
  }
  EXPECT_EQ(next, LatencyPlaces::value_max + 1);
}

TEST(LatencyPlaces, TheMiddleIsWithinASixteenth) {
  for (std::size_t place = 0; place < LatencyPlaces::count; ++place) {
    const std::uint64_t lowest = LatencyPlaces::lowest(place), middle = LatencyPlaces::middle(place);
    EXPECT_LE((middle - lowest) * 16, lowest) << place;
    EXPECT_LE((LatencyPlaces::highest(place) - middle) * 16, lowest) << place;
  }
}

TEST(LatencyPlaces, AreEnoughForTheLongestCall) { EXPECT_GT(LatencyPlaces::value_max, 60'000'000'000U); }

TEST(Latency, PercentilesAreWithinASixteenth) {
  std::vector<std::uint64_t> values = spread_values(1);
  const Latency latency = latency_of(values);
  std::sort(values.begin(), values.end());
  for (const double percentile : {0.0, 1.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(percentile / 100 * static_cast<double>(values.size()) - 1e-6));
    const std::uint64_t exact = values[rank == 0 ? 0 : rank - 1], shown = latency.percentile_ns(percentile);
    EXPECT_LE(std::max(exact, shown) - std::min(exact, shown), exact / 16) << percentile;
  }
}

TEST(Latency, CountSumAndLongestAreExact) {
  const std::vector<std::uint64_t> values = spread_values(2);
  const Latency latency = latency_of(values);
  std::uint64_t sum = 0;
  for (const std::uint64_t value : values) sum += value;
  EXPECT_EQ(latency.count(), values.size());
  EXPECT_EQ(latency.sum_ns, sum);
  EXPECT_EQ(latency.max_ns, *std::max_element(values.begin(), values.end()));
}

TEST(Latency, OfNothingIsNothing) {
  const Latency latency = latency_of({});
  EXPECT_EQ(latency.count(), 0U);
  EXPECT_EQ(latency.percentile_ns(50), 0U);
  EXPECT_EQ(latency.max_ns, 0U);
}

TEST(Latency, NoPercentileIsAboveTheLongest) {
  const Latency latency = latency_of({961, 962});  // of the place from 960 to 1,023
  EXPECT_EQ(latency.percentile_ns(50), 962U);
  EXPECT_EQ(latency.percentile_ns(100), 962U);
}

TEST(Latency, WhatIsTooLongOrBackwardsGoesToTheEnds) {
  LatencyCounts counts{};
  record(counts, {INT64_MAX});
  record(counts, {-5});
  const Latency latency = Latency::copy_of(counts);
  EXPECT_EQ(latency.counts.front(), 1U);
  EXPECT_EQ(latency.counts.back(), 1U);
  EXPECT_EQ(latency.max_ns, static_cast<std::uint64_t>(INT64_MAX));
  EXPECT_EQ(latency.percentile_ns(100), LatencyPlaces::middle(LatencyPlaces::count - 1));
}

TEST(Latency, SeveralAddUpToThatOfAllTheirValues) {
  std::vector<std::uint64_t> all = spread_values(3);
  const std::vector<std::uint64_t> more = spread_values(4);
  Latency sum = latency_of(all);
  sum.add(latency_of(more));
  all.insert(all.end(), more.begin(), more.end());
  const Latency together = latency_of(all);
  EXPECT_EQ(sum.counts, together.counts);
  EXPECT_EQ(sum.sum_ns, together.sum_ns);
  EXPECT_EQ(sum.max_ns, together.max_ns);
}

TEST(Latency, GarbageOfSomebodyElseIsShownAndHarmsNobody) {
  Latency latency;
  latency.counts.fill(~std::uint64_t{0});
  latency.max_ns = ~std::uint64_t{0};
  for (const double percentile : {0.0, 50.0, 100.0}) {
    EXPECT_LE(latency.percentile_ns(percentile), LatencyPlaces::value_max);
  }
}

TEST(Latency, ACopyTakenMeanwhileHasNothingThatWasNotWritten) {
  constexpr std::uint64_t rounds = 100'000;
  LatencyCounts counts{};
  std::jthread writer([&] {
    for (std::uint64_t n = 0; n < rounds; ++n) record(counts, {1'000});
  });
  for (std::uint64_t seen = 0; seen < rounds;) {
    const Latency copy = Latency::copy_of(counts);
    ASSERT_GE(copy.count(), seen);
    ASSERT_LE(copy.count(), rounds);
    ASSERT_EQ(copy.count(), copy.counts[LatencyPlaces::place_of(1'000)]);
    seen = copy.count();
  }
  writer.join();
  EXPECT_EQ(Latency::copy_of(counts).sum_ns, rounds * 1'000);
}

}  // namespace bulwark::shm
