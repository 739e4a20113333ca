// SPDX-License-Identifier: Apache-2.0
// Exact numbers and times with strong types: what prices, quantities and money are made of, in every process.
// Nothing here converts from or to floating point, except `quotient` and `Value`, which only report.
//
//   Price    64 bits, 1e-8      Price - Price, compare
//   Quantity 64 bits, 1e-8      Quantity +- Quantity, compare
//   Money   128 bits, 1e-8      Money +- Money, compare
//   round8(a, b)                a x b of two numbers of 8 decimals, rounded half away from zero, saturating
#pragma once

#include <compare>
#include <cstdint>

namespace bulwark {

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

inline constexpr std::int64_t unit = 100'000'000;  // 1.0 of every decimal: 8 decimals

template <class Tag, class Raw>
struct Fixed {
  Raw raw;

  friend constexpr auto operator<=>(Fixed, Fixed) = default;
  friend constexpr Fixed operator+(Fixed a, Fixed b) { return {static_cast<Raw>(a.raw + b.raw)}; }
  friend constexpr Fixed operator-(Fixed a, Fixed b) { return {static_cast<Raw>(a.raw - b.raw)}; }
  constexpr Fixed operator-() const { return {static_cast<Raw>(-raw)}; }
  constexpr Fixed& operator+=(Fixed b) { return raw += b.raw, *this; }
  constexpr Fixed& operator-=(Fixed b) { return raw -= b.raw, *this; }
};

using Price = Fixed<struct PriceTag, std::int64_t>;
using Quantity = Fixed<struct QuantityTag, std::int64_t>;
using Money = Fixed<struct MoneyTag, int128>;

// The largest price or quantity that may enter (1e10), and the largest amount of money (1e20).
// Sums inside the engine stay far below what the integers hold: a position is kept within `position_raw_max`.
inline constexpr std::int64_t decimal_raw_max = 10'000'000'000 * unit;
inline constexpr std::int64_t position_raw_max = 4 * decimal_raw_max;
inline constexpr int128 money_raw_max = static_cast<int128>(10'000'000'000) * 10'000'000'000 * unit;

// A product never grows beyond this (1e22 of money): it breaches every limit, and 1e8 of them still add up.
inline constexpr int128 saturated_raw = money_raw_max * 100;

constexpr int128 magnitude(int128 a) { return a < 0 ? -a : a; }

// a / b rounded half away from zero; b > 0.
constexpr int128 divide_rounded(int128 a, int128 b) {
  const uint128 size = static_cast<uint128>(magnitude(a));
  const uint128 by = static_cast<uint128>(b);
  uint128 result = size / by;
  if (size % by >= by - by / 2) ++result;
  return a < 0 ? -static_cast<int128>(result) : static_cast<int128>(result);
}

// A product of 16 decimals to 8, half away from zero. 1e8 = 2^8 x 390,625: what fits 64 bits after the shift, as nearly
// all money does, needs no wide division.
constexpr int128 drop_8_decimals(int128 product) {
  const uint128 size = static_cast<uint128>(magnitude(product)) + static_cast<uint128>(unit / 2);
  constexpr std::uint64_t odd_part = unit >> 8;
  uint128 result;
  if (size >> 72 == 0) [[likely]]
    result = static_cast<std::uint64_t>(size >> 8) / odd_part;
  else result = (size >> 8) / odd_part;
  return product < 0 ? -static_cast<int128>(result) : static_cast<int128>(result);
}

// Money, rule 8 of the contract: a x b / 1e8 rounded to 8 decimals, half away from zero.
constexpr int128 round8(int128 a, int128 b) {
  const auto low_a = static_cast<std::int64_t>(a), low_b = static_cast<std::int64_t>(b);
  if (low_a == a && low_b == b) [[likely]]
    return drop_8_decimals(static_cast<int128>(low_a) * low_b);
  const double size = static_cast<double>(magnitude(a)) * static_cast<double>(magnitude(b));
  if (size >= static_cast<double>(saturated_raw) * static_cast<double>(unit)) {
    return (a < 0) != (b < 0) ? -saturated_raw : saturated_raw;
  }
  return drop_8_decimals(a * b);
}

// a x b <= c x d for non-negative numbers, exactly, however wide the products are.
struct Wide {
  uint128 high, low;
  friend constexpr auto operator<=>(Wide, Wide) = default;
};

constexpr Wide wide_product(uint128 a, uint128 b) {
  constexpr uint128 mask = ~static_cast<std::uint64_t>(0);
  const uint128 low = (a & mask) * (b & mask), mid1 = (a >> 64) * (b & mask), mid2 = (a & mask) * (b >> 64);
  const uint128 carry = (low >> 64) + (mid1 & mask) + (mid2 & mask);
  return {(a >> 64) * (b >> 64) + (mid1 >> 64) + (mid2 >> 64) + (carry >> 64), (carry << 64) | (low & mask)};
}

constexpr bool product_less_equal(int128 a, int128 b, int128 c, int128 d) {
  constexpr int128 narrow = static_cast<int128>(1) << 63;
  if (a < narrow && b < narrow && c < narrow && d < narrow) return a * b <= c * d;
  return wide_product(static_cast<uint128>(a), static_cast<uint128>(b)) <=
         wide_product(static_cast<uint128>(c), static_cast<uint128>(d));
}

// a x b / c rounded half away from zero, for positive numbers of any size whose result fits. Cold.
constexpr int128 multiply_divide(int128 a, int128 b, int128 c) {
  const uint128 by = static_cast<uint128>(c);
  uint128 result = 0, rest = 0;
  for (int bit = 126; bit >= 0; --bit) {  // long multiplication and division, one bit of `a` at a time
    result <<= 1;
    rest <<= 1;
    if ((static_cast<uint128>(a) >> bit & 1) != 0) {
      result += static_cast<uint128>(b) / by;
      rest += static_cast<uint128>(b) % by;
    }
    while (rest >= by) rest -= by, ++result;
  }
  return static_cast<int128>(result + (rest >= by - rest ? 1 : 0));
}

// The double nearest to a / b (b > 0): only for showing a fraction, never for deciding.
constexpr double quotient(int128 a, int128 b) {
  constexpr int128 exact = static_cast<int128>(1) << 53;
  if (magnitude(a) <= exact && b <= exact) return static_cast<double>(a) / static_cast<double>(b);
  // Long division to 64 significant bits and a sticky one; the conversion to double then rounds once.
  uint128 rest = static_cast<uint128>(magnitude(a)), by = static_cast<uint128>(b);
  if (rest == 0) return 0.0;
  int exponent = 0;
  uint128 whole = rest / by;
  rest %= by;
  while ((whole >> 62) == 0) {
    const bool carry = rest >= by - rest;
    rest = carry ? rest - (by - rest) : rest + rest;
    whole = (whole << 1) | (carry ? 1U : 0U);
    --exponent;
  }
  double result = static_cast<double>(whole | (rest != 0 ? 1U : 0U));
  for (; exponent < 0; ++exponent) result *= 0.5;
  return a < 0 ? -result : result;
}

// Nanoseconds: a point in time (since the epoch, UTC), a span, and a point on CLOCK_MONOTONIC are three things.
template <class Tag>
struct Nanoseconds {
  std::int64_t ns;
  friend constexpr auto operator<=>(Nanoseconds, Nanoseconds) = default;
};

using TimeNs = Nanoseconds<struct TimeTag>;
using DurationNs = Nanoseconds<struct DurationTag>;
using MonotonicNs = Nanoseconds<struct MonotonicTag>;

constexpr DurationNs operator-(TimeNs a, TimeNs b) { return {a.ns - b.ns}; }
constexpr DurationNs operator-(MonotonicNs a, MonotonicNs b) { return {a.ns - b.ns}; }
constexpr TimeNs operator-(TimeNs a, DurationNs b) { return {a.ns - b.ns}; }
constexpr TimeNs operator+(TimeNs a, DurationNs b) { return {a.ns + b.ns}; }
constexpr MonotonicNs operator+(MonotonicNs a, DurationNs b) { return {a.ns + b.ns}; }

constexpr DurationNs milliseconds(std::int64_t ms) { return {ms * 1'000'000}; }

}  // namespace bulwark
