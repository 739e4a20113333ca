// SPDX-License-Identifier: Apache-2.0
// The words that every process shares: sides, decisions, reasons, metrics, and the indices that stand for names.
// Zero is never a permission: a zeroed verdict is undecided, a zeroed state is halted, index 0 is nobody.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "shm/units.h"

namespace bulwark {

enum class Side : std::uint8_t { None, Buy, Sell };
enum class Decision : std::uint8_t { Undecided, Accepted, Resized, Rejected };
enum class DoneWhy : std::uint8_t { None, Canceled, Rejected, Expired };
enum class Resize : std::uint8_t { AsConfigured, Allowed, Forbidden };  // the intent's `resize`: absent, true, false
enum class ResumeStage : std::uint8_t { Full, Half, ReduceOnly };       // how far a resume goes; half: of what scales
enum class State : std::uint8_t { Halted, ReduceOnly, Normal };         // combined by the smallest

// What is compared with `max`. The order is that of the contract's table; kinds follow from it (core/metric.h).
enum class Metric : std::uint8_t {
  None,
  OrderQuantity,
  OrderNotional,
  AdvShare,
  PriceCollar,
  SelfTrade,
  OrderRate,
  MessageRate,
  Turnover,
  Duplicate,
  RepeatedExecution,
  OpenOrders,
  Position,
  Long,
  Short,
  Gross,
  Net,
  Leverage,
  Concentration,
  CorrelatedExposure,
  Var,
  Es,
  Volatility,
  StressLoss,
  DailyLoss,
  Drawdown,
  RejectRate,
  LossStreak,
  PriceMove,
  VolatilitySpike,
  StaleMark,
};
inline constexpr std::array<std::string_view, 31> metric_names{"",
                                                               "order_quantity",
                                                               "order_notional",
                                                               "adv_share",
                                                               "price_collar",
                                                               "self_trade",
                                                               "order_rate",
                                                               "message_rate",
                                                               "turnover",
                                                               "duplicate",
                                                               "repeated_execution",
                                                               "open_orders",
                                                               "position",
                                                               "long",
                                                               "short",
                                                               "gross",
                                                               "net",
                                                               "leverage",
                                                               "concentration",
                                                               "correlated_exposure",
                                                               "var",
                                                               "es",
                                                               "volatility",
                                                               "stress_loss",
                                                               "daily_loss",
                                                               "drawdown",
                                                               "reject_rate",
                                                               "loss_streak",
                                                               "price_move",
                                                               "volatility_spike",
                                                               "stale_mark"};

enum class Action : std::uint8_t { None, Alert, Reject, Resize, ReduceOnly, Halt, Scale, Liquidate };
inline constexpr std::array<std::string_view, 8> action_names{"",     "alert", "reject",   "resize", "reduce_only",
                                                              "halt", "scale", "liquidate"};

// Why an order was refused, in the order in which the reasons are looked for (contract, section 7, rule 1).
// A limit's objection is `Limit`; its metric is the word that people read.
enum class Reason : std::uint8_t {
  None,
  JournalFull,
  LeaseExpired,
  Halted,
  UnknownAccount,
  UnknownStrategy,
  UnknownSymbol,
  UnknownOrder,
  ReplacePending,
  DuplicateId,
  BadQuantity,
  BadPrice,
  ReduceOnly,
  Restricted,
  NoMark,
  StaleMark,
  NoFx,
  NoLimits,
  NoLocate,
  Limit,
};
inline constexpr std::array<std::string_view, 20> reason_names{"",
                                                               "journal_full",
                                                               "lease_expired",
                                                               "halted",
                                                               "unknown_account",
                                                               "unknown_strategy",
                                                               "unknown_symbol",
                                                               "unknown_order",
                                                               "replace_pending",
                                                               "duplicate_id",
                                                               "bad_quantity",
                                                               "bad_price",
                                                               "reduce_only",
                                                               "restricted",
                                                               "no_mark",
                                                               "stale_mark",
                                                               "no_fx",
                                                               "no_limits",
                                                               "no_locate",
                                                               "limit"};

// What bounds a size. Of equal constraints the first binds.
enum class Constraint : std::uint8_t { Kelly, Volatility, RiskBudget, Balance, Limits, MaxFraction };
inline constexpr std::array<std::string_view, 6> constraint_names{"kelly",   "volatility", "risk_budget",
                                                                  "balance", "limits",     "max_fraction"};

// What the state of the market is told by.
enum class MarketInput : std::uint8_t { Volatility, Correlation, Spread, Drawdown, Regime };
inline constexpr std::array<std::string_view, 5> market_input_names{"volatility", "correlation", "spread", "drawdown",
                                                                    "regime"};

inline constexpr std::array<std::string_view, 3> side_names{"", "buy", "sell"};
inline constexpr std::array<std::string_view, 4> decision_names{"undecided", "accepted", "resized", "rejected"};
inline constexpr std::array<std::string_view, 4> done_why_names{"", "canceled", "rejected", "expired"};
inline constexpr std::array<std::string_view, 3> stage_names{"full", "half", "reduce_only"};
inline constexpr std::array<std::string_view, 3> state_names{"halted", "reduce_only", "normal"};

template <class Enum, std::size_t N>
constexpr std::string_view name_of(const std::array<std::string_view, N>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? names[index] : std::string_view{"unknown"};
}

template <class Enum, std::size_t N>
constexpr Enum from_name(const std::array<std::string_view, N>& names, std::string_view text, Enum absent) {
  for (std::size_t i = 0; i < N; ++i) {
    if (!names[i].empty() && names[i] == text) return static_cast<Enum>(i);
  }
  return absent;
}

// Names become indices at the door, from append-only tables. 0: unknown, or not given.
enum class SymbolIndex : std::uint32_t { None };
enum class SectorIndex : std::uint16_t { None };
enum class AccountIndex : std::uint16_t { None };
enum class StrategyIndex : std::uint16_t { None };
enum class ClientIndex : std::uint16_t { None };
enum class LimitIndex : std::uint32_t { None };

template <class Index>
constexpr std::size_t at(Index index) {
  return static_cast<std::size_t>(index);
}

// Which part of the book a limit, a state or a stop is about. None: that key is not named; all None: the portfolio.
struct Scope {
  SymbolIndex symbol;
  SectorIndex sector;
  AccountIndex account;
  StrategyIndex strategy;
  ClientIndex client;
  std::uint32_t spare;
  friend constexpr bool operator==(const Scope&, const Scope&) = default;
};
static_assert(sizeof(Scope) == 16);

// Printable text of at most N characters, without a terminating zero, zero-padded to whole 8-byte words.
template <std::size_t N>
struct Text {
  static_assert(N < 256);
  std::uint8_t size;
  char bytes[(N + 8) / 8 * 8 - 1];

  static Text from(std::string_view text) {
    Text result{};
    result.size = static_cast<std::uint8_t>(text.size() < N ? text.size() : N);
    if (result.size != 0) std::memcpy(result.bytes, text.data(), result.size);
    return result;
  }
  std::string_view view() const { return {bytes, size < N ? size : N}; }
  friend bool operator==(const Text& a, const Text& b) { return a.view() == b.view(); }
};
using Id = Text<64>;
using Name = Text<32>;
using Sentence = Text<127>;  // a reason or a cause in the words of a person

constexpr bool printable_ascii(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}
constexpr bool valid_id(std::string_view text) { return !text.empty() && text.size() <= 64 && printable_ascii(text); }
constexpr bool valid_name(std::string_view text) { return !text.empty() && text.size() <= 32 && printable_ascii(text); }

// A number that a verdict or a line reports: what it counts decides how it is shown.
enum class ValueKind : std::uint8_t { Absent, Null, Money, Quantity, Count, Fraction };
struct Value {
  ValueKind kind;
  std::uint8_t spare[7];
  std::uint64_t raw_low, raw_high;  // the 128-bit raw decimal; of a fraction's value: the double's bits in raw_low

  constexpr int128 raw() const { return static_cast<int128>((static_cast<uint128>(raw_high) << 64) | raw_low); }
  double fraction() const {
    double result;
    std::memcpy(&result, &raw_low, sizeof result);
    return result;
  }
  static Value fraction(double value) {
    Value result{ValueKind::Fraction, {}, 0, 0};
    std::memcpy(&result.raw_low, &value, sizeof value);
    return result;
  }
  static constexpr Value of(ValueKind kind, int128 raw) {
    return {kind, {}, static_cast<std::uint64_t>(raw), static_cast<std::uint64_t>(static_cast<uint128>(raw) >> 64)};
  }
  friend constexpr bool operator==(const Value&, const Value&) = default;
};

}  // namespace bulwark
