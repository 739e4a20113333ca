// SPDX-License-Identifier: Apache-2.0
// What was made and lost in a span: the book's money at its end less that at its beginning, to the last unit, by whom
// and in what; and how equity and drawdown went in between.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <vector>

#include "core/engine.h"

namespace bulwark::report {

class Profits {
public:
  // The book before the first event of the span; nothing: the journal begins in it.
  void begin(const core::Engine* engine);
  // After each event of it.
  void follow(const core::Engine& engine);
  // The book after the last one.
  nlohmann::ordered_json end(const core::Engine& engine) const;
  // {t, profit, drawdown}: the last profit and the largest drawdown of each stretch of time that had an event.
  nlohmann::ordered_json track() const;

private:
  struct Money {  // in base currency
    int128 profit = 0, realised = 0, fees = 0;
    bool known = true;  // false: a currency in it has no rate

    Money& operator+=(const Money& by);
    Money operator-(const Money& by) const {
      return {profit - by.profit, realised - by.realised, fees - by.fees, known && by.known};
    }
  };
  using Key = std::tuple<AccountIndex, StrategyIndex, SymbolIndex>;
  using Group = std::pair<std::size_t, std::string>;
  struct Balance {
    int128 equity = 0, paid_in = 0;
    bool known = true;
    std::optional<int128> above_zero() const { return known && equity > 0 ? std::optional(equity) : std::nullopt; }
    nlohmann::ordered_json equity_json() const;
  };
  struct Point {
    TimeNs t;
    double profit, drawdown;
  };

  void add(const Point& point);
  static std::map<Key, Money> moneys_of(const core::Engine& engine);
  static Balance balance_of(const core::Engine& engine, std::size_t account);
  Balance opening(const core::Engine& engine, std::size_t account) const;
  nlohmann::ordered_json json_of(const Money& money, const Balance& opening) const;
  nlohmann::ordered_json table(const char* kind, const std::map<Group, Money>& groups, const Balance& opening) const;

  std::map<Key, Money> rows_;
  std::vector<Balance> balances_;  // by account; the first is all of them
  bool begun_ = false;             // an engine was there
  std::vector<Point> points_;
  std::int64_t step_ns_ = 1'000'000;
  double largest_ = 0;
  TimeNs largest_at_{};
};

}  // namespace bulwark::report
