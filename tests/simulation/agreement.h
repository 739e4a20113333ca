// SPDX-License-Identifier: Apache-2.0
// Do the engine and the naive reference say the same? Each function says in words what differs; empty: nothing does.
#pragma once

#include <cmath>
#include <sstream>
#include <string>

#include "core/engine.h"
#include "shm/decimal.h"
#include "tests/simulation/naive.h"

namespace bulwark::test {

inline std::string text_of(const Value& value) {
  switch (value.kind) {
    case ValueKind::Absent: return "absent";
    case ValueKind::Null: return "null";
    case ValueKind::Fraction: return std::to_string(value.fraction());
    default: return format_decimal(value.raw());
  }
}

inline std::string text_of(const Scope& on) {
  std::ostringstream text;
  text << "{symbol " << at(on.symbol) << " sector " << at(on.sector) << " account " << at(on.account) << " strategy "
       << at(on.strategy) << " client " << at(on.client) << "}";
  return text.str();
}

inline std::string text_of(const core::Verdict& v) {
  std::ostringstream text;
  text << name_of(decision_names, v.decision) << " " << to_text(v.quantity) << " " << name_of(reason_names, v.reason)
       << " limit " << at(v.limit) << (v.has_on ? " on " + text_of(v.on) : "") << " value " << text_of(v.value)
       << " max " << text_of(v.max);
  return text.str();
}

// Exact but for a fraction's last bit: it is a quotient, rounded in two ways.
inline bool same(const Value& a, const Value& b) {
  if (a.kind != b.kind) return false;
  if (a.kind != ValueKind::Fraction) return a.kind == ValueKind::Absent || a.kind == ValueKind::Null || a == b;
  return std::abs(a.fraction() - b.fraction()) <= 1e-15 * std::abs(a.fraction());
}

inline bool same(const core::Verdict& a, const core::Verdict& b) {
  return a.decision == b.decision && a.quantity == b.quantity && a.reason == b.reason && a.limit == b.limit &&
         a.has_on == b.has_on && (!a.has_on || a.on == b.on) && same(a.value, b.value) && same(a.max, b.max);
}

// What came of an event.
inline std::string difference_of_outcome(core::EventError error, const core::Verdict* verdict,
                                         const naive::Naive& naive, core::EventError naive_error) {
  if (error != naive_error) {
    return "error " + std::to_string(static_cast<int>(error)) + ", the reference has " +
           std::to_string(static_cast<int>(naive_error));
  }
  if (error != core::EventError::None) return {};
  if ((verdict != nullptr) != naive.verdict.has_value()) return "a verdict where the other has none";
  if (verdict != nullptr && !same(*verdict, *naive.verdict))
    return "verdict: " + text_of(*verdict) + "\n  reference: " + text_of(*naive.verdict);
  return {};
}

// What is latched, and why.
inline std::string difference_of_latches(const core::Engine& engine, const naive::Naive& naive) {
  if (engine.latches().size() != naive.latches().size()) return "another number of latches";
  for (std::size_t k = 0; k < naive.latches().size(); ++k) {
    const core::Latch& one = engine.latches()[k];
    const naive::Latch& other = naive.latches()[k];
    if (!(one.on == other.on) || one.state != other.state || one.cause.view() != other.cause)
      return "latch " + text_of(one.on) + " " + std::string(one.cause.view()) + ", the reference has " +
             text_of(other.on) + " " + other.cause;
  }
  return {};
}

// After an event: the verdict, what was asked to be cancelled, and what is latched.
inline std::string difference(const core::Engine& engine, core::EventError error, const naive::Naive& naive,
                              core::EventError naive_error) {
  const core::Verdict* verdict = engine.has_verdict() ? &engine.verdict() : nullptr;
  const std::string text = difference_of_outcome(error, verdict, naive, naive_error);
  if (!text.empty() || error != core::EventError::None) return text;
  std::vector<std::string> asked;
  for (const core::Line& line : engine.lines()) {
    if (line.type == core::LineType::CancelRequest) asked.emplace_back(line.id.view());
  }
  if (asked != naive.asked) return "other orders are asked to be cancelled";
  return difference_of_latches(engine, naive);
}

// The whole book and every limit's value.
inline std::string difference_of_state(core::Engine& engine, const naive::Naive& naive) {
  const core::Book& book = engine.book();
  if (book.live_rows.size() != naive.rows().size()) return "another number of rows";
  for (const auto& [key, row] : naive.rows()) {
    const auto& [account, strategy, symbol] = key;
    const core::Row& of = book.rows[book.row_index(account, strategy, symbol)];
    const bool equal = of.live && of.position == row.position && of.cost == row.cost && of.realised == row.realised &&
                       of.fees == row.fees && of.profit == naive.profit(symbol, row) &&
                       of.opening_profit == row.opening && of.working_buy == naive.working(key, Side::Buy) &&
                       of.working_sell == naive.working(key, Side::Sell);
    if (!equal) {
      return "row of symbol " + std::to_string(at(symbol)) + ", account " + std::to_string(at(account)) +
             ", strategy " + std::to_string(at(strategy)) + ": position " + format_decimal(of.position) +
             ", the reference has " + format_decimal(row.position) + "; working " + format_decimal(of.working_buy) +
             " and " + format_decimal(of.working_sell) + ", the reference has " +
             format_decimal(naive.working(key, Side::Buy)) + " and " + format_decimal(naive.working(key, Side::Sell));
    }
  }
  for (std::size_t k = 0; k < book.accounts.size(); ++k) {
    const auto& account = book.accounts[k];
    if (account.equity() != naive.equity(AccountIndex(k)) || account.peak != naive.peak(AccountIndex(k)))
      return "equity of account " + std::to_string(k) + ": " + format_decimal(account.equity()) +
             ", the reference has " + format_decimal(naive.equity(AccountIndex(k)));
  }
  for (const core::Reading& reading : engine.readings()) {
    const Scope& on = engine.limits().slots[reading.slot].on;
    const Value other = naive.reading(reading.limit, on);
    const int128 max = engine.limits().slots[reading.slot].max;
    if (!same(reading.value, other) || max != naive.max_of(reading.limit, on))
      return "limit " + std::to_string(reading.limit + 1) + " on " + text_of(on) + ": " + text_of(reading.value) +
             ", the reference has " + text_of(other);
  }
  return {};
}

}  // namespace bulwark::test
