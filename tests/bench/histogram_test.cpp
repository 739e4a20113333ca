// SPDX-License-Identifier: Apache-2.0
// The histogram against exact percentiles of the same values, and its table against one that another implementation of
// HdrHistogram wrote of the same values (percentiles.hgrm).
#include "bench/histogram.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace bulwark::bench {

namespace {

// Values from some ns to some minutes of ns, the same on every machine.
std::vector<std::uint64_t> spread_values() {
  std::uint64_t state = 42;
  const auto next = [&state] { return (state = state * 6364136223846793005ULL + 1442695040888963407ULL) >> 33; };
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t random = next(), shift = next() % 24;
    values.push_back(random % (1ULL << (6 + shift)) + 50);
  }
  values.push_back(0);
  values.push_back(5'000'000'000);
  return values;
}

Histogram histogram_of(const std::vector<std::uint64_t>& values) {
  Histogram histogram;
  for (const std::uint64_t value : values) histogram.record(value);
  return histogram;
}

std::string table_of(const Histogram& histogram) {
  std::FILE* file = std::tmpfile();
  histogram.write_hgrm(file);
  std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file), text.size());
  std::fclose(file);
  return text;
}

}  // namespace

TEST(Histogram, PercentilesAreWithinAThousandth) {
  std::vector<std::uint64_t> values = spread_values();
  const Histogram histogram = histogram_of(values);
  std::sort(values.begin(), values.end());
  for (const double percentile : {0.0, 1.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(percentile / 100 * static_cast<double>(values.size())));
    const std::uint64_t exact = values[rank == 0 ? 0 : rank - 1], shown = histogram.at_percentile(percentile);
    EXPECT_GE(shown, exact) << percentile;
    EXPECT_LE(shown, exact + exact / 1000) << percentile;
  }
}

TEST(Histogram, SmallValuesAreExact) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 1'000; ++value) histogram.record(value);
  EXPECT_EQ(histogram.at_percentile(50), 500U);
  EXPECT_EQ(histogram.at_percentile(99), 990U);
  EXPECT_EQ(histogram.at_percentile(99.9), 999U);
  EXPECT_EQ(histogram.max(), 1'000U);
  EXPECT_EQ(histogram.count(), 1'000U);
}

TEST(Histogram, AnEmptyOneIsZero) {
  const Histogram histogram;
  EXPECT_EQ(histogram.at_percentile(99), 0U);
  EXPECT_EQ(histogram.max(), 0U);
  EXPECT_EQ(histogram.mean(), 0.0);
}

TEST(Histogram, WhatIsTooLargeCountsAsTheLargest) {
  Histogram histogram;
  histogram.record(UINT64_MAX);
  EXPECT_EQ(histogram.max(), Histogram::value_max);
  EXPECT_EQ(histogram.at_percentile(50), Histogram::value_max);
}

TEST(Histogram, TheTableIsThatOfTheUsualTools) {
  std::ifstream file(BULWARK_PERCENTILES);
  std::ostringstream expected;
  expected << file.rdbuf();
  ASSERT_FALSE(expected.str().empty()) << BULWARK_PERCENTILES;
  EXPECT_EQ(table_of(histogram_of(spread_values())), expected.str());
}

}  // namespace bulwark::bench
