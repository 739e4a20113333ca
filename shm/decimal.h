// SPDX-License-Identifier: Apache-2.0
// Decimal text to exact numbers and back: the only door between "189.50" and 18950000000. Cold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shm/units.h"

namespace bulwark {

enum class DecimalError : std::uint8_t { None, NotANumber, TooManyDecimals, OutOfRange };

inline constexpr std::string_view describe(DecimalError error) {
  switch (error) {
    case DecimalError::None: return "";
    case DecimalError::NotANumber: return "is not a decimal number (like \"189.50\")";
    case DecimalError::TooManyDecimals: return "has more than 8 decimals";
    case DecimalError::OutOfRange: return "is out of range";
  }
  return "";
}

struct Decimal {
  int128 raw;  // 1e-8
  DecimalError error;
};

// `text` as [-]digits[.digits]; with `exponent_allowed` (plain JSON and TOML numbers) also e[+-]digits.
// Exact or an error: at most 8 decimals, at most `raw_max` in size.
inline Decimal parse_decimal(std::string_view text, int128 raw_max, bool exponent_allowed = false) {
  constexpr Decimal nonsense{0, DecimalError::NotANumber};
  std::size_t i = 0;
  const auto digit = [&] { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) ++i;
  int128 value = 0;
  int decimals = 0;
  bool too_large = false;
  const auto take = [&] {
    if (value > saturated_raw) too_large = true;
    else value = value * 10 + (text[i] - '0');
    ++i;
  };
  if (!digit()) return nonsense;
  while (digit()) take();
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digit()) return nonsense;
    for (; digit(); ++decimals) take();
  }
  int exponent = 0;
  if (exponent_allowed && i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    const bool down = i < text.size() && text[i] == '-';
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    if (!digit()) return nonsense;
    for (; digit(); ++i) exponent = exponent < 1000 ? exponent * 10 + (text[i] - '0') : exponent;
    if (down) exponent = -exponent;
  }
  if (i != text.size()) return nonsense;
  if (exponent_allowed) {  // 1.50e-7 says no more than 1.5e-7: a program chose the digits, not a person
    for (; !too_large && value != 0 && value % 10 == 0 && decimals > exponent; --decimals) value /= 10;
  }
  if (value == 0 && !too_large && exponent_allowed) return {0, DecimalError::None};
  const int shift = 8 - decimals + exponent;
  if (shift < 0) return {0, DecimalError::TooManyDecimals};
  for (int k = 0; k < shift && !too_large; ++k) {
    if (value > saturated_raw) too_large = true;
    else value *= 10;
  }
  if (too_large || value > raw_max) return {0, DecimalError::OutOfRange};
  return {negative ? -value : value, DecimalError::None};
}

// The shortest text: no exponent, no plus sign, no trailing zeros, no "-0".
inline std::string format_decimal(int128 raw) {
  uint128 size = static_cast<uint128>(magnitude(raw));
  char digits[48];
  std::size_t count = 0;
  while (size != 0 || count < 9) {
    digits[count++] = static_cast<char>('0' + static_cast<int>(size % 10));
    size /= 10;
  }
  std::size_t skip = 0;
  while (skip < 8 && digits[skip] == '0') ++skip;
  std::string text = raw < 0 ? "-" : "";
  for (std::size_t i = count; i-- > skip;) {
    if (i == 7) text += '.';
    text += digits[i];
  }
  return text;
}

inline std::string to_text(Price price) { return format_decimal(price.raw); }
inline std::string to_text(Quantity quantity) { return format_decimal(quantity.raw); }
inline std::string to_text(Money money) { return format_decimal(money.raw); }

}  // namespace bulwark
