// SPDX-License-Identifier: Apache-2.0
// What callers say, and whether it can be put into a message: numbers, sides, ids and names. What cannot throws Error.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "client/error.hpp"
#include "shm/decimal.h"
#include "shm/units.h"
#include "shm/words.h"

namespace bulwark {

// An exact number: decimal text ("189.50"), a whole number, or one of Bulwark's own. Never floating point. Text must
// outlive the call that it is given to.
class Number {
public:
  constexpr Number() = default;  // absent
  constexpr Number(std::string_view text) : text_(text), kind_(Kind::Text) {}
  constexpr Number(const char* text) : text_(text == nullptr ? std::string_view{} : text) {
    kind_ = text == nullptr ? Kind::Absent : Kind::Text;
  }
  Number(const std::string& text) : Number(std::string_view(text)) {}
  template <std::integral Whole>
  requires(!std::same_as<Whole, bool> && !std::same_as<Whole, char>) constexpr Number(Whole whole)
      : raw_(static_cast<int128>(whole) * unit), kind_(Kind::Raw) {}
  template <class Tag, class Raw>
  constexpr Number(Fixed<Tag, Raw> exact) : raw_(exact.raw), kind_(Kind::Raw) {}
  template <std::floating_point Float>
  Number(Float) = delete;  // 0.1 has no exact double: write "0.1"

  constexpr bool absent() const { return kind_ == Kind::Absent; }

  // Its raw value, 8 decimals, at most `raw_max` in size.
  int128 raw(std::string_view argument, int128 raw_max) const {
    const auto refuse = [&](std::string_view found, DecimalError error) {
      std::string message = std::string(argument) + ": " + std::string(found) + " " + std::string(describe(error));
      if (error == DecimalError::OutOfRange) message += ": at most " + format_decimal(raw_max) + " is allowed";
      throw Error(message);
    };
    if (kind_ == Kind::Absent) throw Error(std::string(argument) + ": is missing; a decimal number is needed");
    if (kind_ == Kind::Text) {
      const Decimal parsed = parse_decimal(text_, raw_max);
      if (parsed.error != DecimalError::None) refuse(client::in_quotes(text_.substr(0, 64)), parsed.error);
      return parsed.raw;
    }
    if (magnitude(raw_) > raw_max) refuse(format_decimal(raw_), DecimalError::OutOfRange);
    return raw_;
  }

private:
  enum class Kind : std::uint8_t { Absent, Text, Raw };

  std::string_view text_;
  int128 raw_ = 0;
  Kind kind_ = Kind::Absent;
};

// "buy" or "sell", or the enumerator.
class SideWord {
public:
  constexpr SideWord() = default;  // absent
  constexpr SideWord(Side side) : side_(side) {}
  constexpr SideWord(std::string_view text) : text_(text), side_(from_name(side_names, text, Side::None)) {}
  constexpr SideWord(const char* text) : SideWord(text == nullptr ? std::string_view{} : std::string_view(text)) {}

  constexpr bool absent() const { return side_ == Side::None && text_.empty(); }
  Side side() const {
    if (side_ == Side::Buy || side_ == Side::Sell) return side_;
    throw Error("side: " + client::in_quotes(text_.substr(0, 64)) + R"( is no side; "buy" and "sell" are allowed)");
  }

private:
  std::string_view text_;
  Side side_ = Side::None;
};

namespace client {

inline Id id_argument(std::string_view argument, std::string_view text) {
  if (!valid_id(text)) {
    throw Error(std::string(argument) + ": " +
                (text.empty() ? "is empty" : in_quotes(text.substr(0, 80)) + " is no id") +
                "; ids are 1 to 64 printable ASCII characters");
  }
  return Id::from(text);
}

inline void require_name(std::string_view argument, std::string_view text) {
  if (valid_name(text)) return;
  throw Error(std::string(argument) + ": " +
              (text.empty() ? "is empty" : in_quotes(text.substr(0, 80)) + " is no name") +
              "; names are 1 to 32 printable ASCII characters");
}

inline Quantity quantity_argument(const Number& number) {
  return {static_cast<std::int64_t>(number.raw("quantity", decimal_raw_max))};
}

inline Price price_argument(std::string_view argument, const Number& number) {
  return {static_cast<std::int64_t>(number.raw(argument, decimal_raw_max))};
}

inline DoneWhy why_argument(std::string_view text) {
  const DoneWhy why = from_name(done_why_names, text, DoneWhy::None);
  if (why == DoneWhy::None) {
    throw Error("why: " + in_quotes(text.substr(0, 64)) +
                R"( is not allowed; "canceled", "rejected" and "expired" are)");
  }
  return why;
}

}  // namespace client
}  // namespace bulwark
