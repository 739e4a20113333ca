// SPDX-License-Identifier: Apache-2.0
// Decimals are exact or refused; money rounds half away from zero; fractions are the nearest double.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/session.h"
#include "shm/decimal.h"

namespace bulwark {
namespace {

TEST(Decimal, ReadsExactlyOrSaysWhyNot) {
  struct Row {
    const char* text;
    bool plain_number;
    DecimalError error;
    const char* shown;
  };
  const Row rows[] = {
      {"189.50", false, DecimalError::None, "189.5"},
      {"-0", false, DecimalError::None, "0"},
      {"0.00000001", false, DecimalError::None, "0.00000001"},
      {"10000000000", false, DecimalError::None, "10000000000"},
      {"10000000000.00000001", false, DecimalError::OutOfRange, ""},
      {"1000000000000", false, DecimalError::OutOfRange, ""},
      {"99999999999999999999999999999999999999999999", false, DecimalError::OutOfRange, ""},
      {"1.123456789", false, DecimalError::TooManyDecimals, ""},
      {"1e3", false, DecimalError::NotANumber, ""},
      {"1e3", true, DecimalError::None, "1000"},
      {"3e-06", true, DecimalError::None, "0.000003"},
      {"1.50e-7", true, DecimalError::None, "0.00000015"},
      {"1e-9", true, DecimalError::TooManyDecimals, ""},
      {"1e99", true, DecimalError::OutOfRange, ""},
      {"0e99", true, DecimalError::None, "0"},
      {"NaN", false, DecimalError::NotANumber, ""},
      {"inf", true, DecimalError::NotANumber, ""},
      {"+1", false, DecimalError::NotANumber, ""},
      {".5", false, DecimalError::NotANumber, ""},
      {"5.", false, DecimalError::NotANumber, ""},
      {"", false, DecimalError::NotANumber, ""},
      {"-", false, DecimalError::NotANumber, ""},
      {" 1", false, DecimalError::NotANumber, ""},
      {"1,5", false, DecimalError::NotANumber, ""},
      {"0x10", false, DecimalError::NotANumber, ""},
  };
  for (const Row& row : rows) {
    const Decimal result = parse_decimal(row.text, decimal_raw_max, row.plain_number);
    EXPECT_EQ(result.error, row.error) << row.text;
    if (row.error != DecimalError::None) continue;
    EXPECT_EQ(format_decimal(result.raw), row.shown) << row.text;
  }
}

TEST(Decimal, WhatIsShownReadsBackAsItself) {
  std::mt19937_64 random(7);
  for (int k = 0; k < 100'000; ++k) {
    const auto raw =
        static_cast<std::int64_t>(random() % (2 * static_cast<std::uint64_t>(decimal_raw_max))) - decimal_raw_max;
    const Decimal back = parse_decimal(format_decimal(raw), decimal_raw_max);
    ASSERT_TRUE(back.error == DecimalError::None && back.raw == raw) << format_decimal(raw);
  }
}

TEST(Money, RoundsHalfAwayFromZero) {
  EXPECT_EQ(static_cast<std::int64_t>(round8(1, unit / 2)), 1);
  EXPECT_EQ(static_cast<std::int64_t>(round8(-1, unit / 2)), -1);
  EXPECT_EQ(static_cast<std::int64_t>(round8(1, unit / 2 - 1)), 0);
  EXPECT_EQ(static_cast<std::int64_t>(round8(3 * unit, 7 * unit)), 21 * unit);
}

TEST(Money, AProductThatIsTooLargeBreachesEverythingInsteadOfWrapping) {
  EXPECT_EQ(round8(saturated_raw / 2, 5 * unit), saturated_raw);
  EXPECT_EQ(round8(-saturated_raw / 2, 5 * unit), -saturated_raw);
  EXPECT_TRUE(saturated_raw > money_raw_max);
}

TEST(Money, WideComparisonsAgreeWithNarrowOnes) {
  std::mt19937_64 random(11);
  for (int k = 0; k < 100'000; ++k) {
    const auto draw = [&] { return static_cast<int128>(random() >> (random() % 63 + 1)); };
    const int128 a = draw(), b = draw(), c = draw(), d = draw();
    const bool wide = wide_product(static_cast<uint128>(a), static_cast<uint128>(b)) <=
                      wide_product(static_cast<uint128>(c), static_cast<uint128>(d));
    ASSERT_EQ(wide, a * b <= c * d);
    ASSERT_EQ(product_less_equal(a << 64, b, c << 64, d), a * b <= c * d);
  }
}

TEST(Money, ProductAndQuotientOfAnySizeAgreeWithPlainOnes) {
  std::mt19937_64 random(13);
  for (int k = 0; k < 20'000; ++k) {
    const auto draw = [&] { return static_cast<int128>(random() >> (random() % 60 + 2)) + 1; };
    const int128 a = draw(), b = draw(), c = draw();
    ASSERT_EQ(static_cast<std::int64_t>(multiply_divide(a, b, c) >> 64),
              static_cast<std::int64_t>(divide_rounded(a * b, c) >> 64));
    ASSERT_EQ(static_cast<std::uint64_t>(multiply_divide(a, b, c)),
              static_cast<std::uint64_t>(divide_rounded(a * b, c)));
  }
}

TEST(Fraction, IsTheNearestDouble) {
  std::mt19937_64 random(17);
  for (int k = 0; k < 100'000; ++k) {
    const auto a = static_cast<int128>(random()) << (random() % 40),
               b = static_cast<int128>(random() % (1ULL << 62)) + 1;
    const double q = quotient(a, b);
    // |a/b - q| is at most half a step, up to what long double can see.
    const long double exact = static_cast<long double>(a) / static_cast<long double>(b);
    ASSERT_LE(std::fabs(static_cast<long double>(q) - exact), static_cast<long double>(q) * 0x1.0004p-53L);
  }
  EXPECT_EQ(quotient(501, 10'000), 0.0501);
  EXPECT_EQ(quotient(-1, 3), -1.0 / 3);
}

TEST(Session, StartsByTheClockOnTheWall) {
  // New York in 2024: -5 h until 10 March 07:00 UTC, -4 h until 3 November 06:00 UTC.
  const core::Session base{18 * 3'600, {{0, -5 * 3'600}, {1'710'054'000, -4 * 3'600}, {1'730'613'600, -5 * 3'600}}};
  const auto next = [](core::Session session, std::int64_t start_s, std::int64_t after_s) {
    session.start_of_day_s = start_s;
    return core::SessionClock(session).next_start_after({after_s * 1'000'000'000}).ns / 1'000'000'000;
  };
  EXPECT_EQ(next(base, 18 * 3'600, 1'710'000'000), 1'710'025'200);         // 9 March, 18:00 -5 h
  EXPECT_EQ(next(base, 18 * 3'600, 1'710'025'200), 1'710'108'000);         // 10 March, 18:00 -4 h: a day of 23 hours
  EXPECT_EQ(next(base, 2 * 3'600 + 1'800, 1'710'000'000), 1'710'054'000);  // 02:30 does not exist: the change itself
  EXPECT_EQ(next(base, 3'600 + 1'800, 1'730'600'000), 1'730'611'800);      // 01:30 comes twice: the first
}

}  // namespace
}  // namespace bulwark
