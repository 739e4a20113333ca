// SPDX-License-Identifier: Apache-2.0
// Bringing a scope down: it is halted, every working order in it is asked to be cancelled, and when the last of them is
// done, reducing orders go out for what remains: at once, or with a plan in slices, the largest risk first. Each step
// follows from the state alone, so that a replay takes it again and nothing is sold twice.
#pragma once

#include <vector>

#include "core/contributions.h"
#include "core/orders.h"

namespace bulwark::core {

struct Liquidation {
  enum class Step : std::uint8_t { Over, Waits, Sends, Sent };  // for each `done`; in rounds; for its own orders

  Step step;
  Scope on;
  std::int64_t to;  // raw decimal: the share of its positions that stays
  Sentence cause;
  LimitIndex by;          // the limit that set it off, which does so once until a resume; else None
  std::uint32_t open;     // its own orders that work
  std::uint32_t waiting;  // orders that it waits for
  TimeNs next_round;
};

// What a row held when the liquidation began, where a share of it is to stay.
struct KeptShare {
  std::uint8_t liquidation;
  AccountIndex account;
  StrategyIndex strategy;
  SymbolIndex symbol;
  std::int64_t position;
};

struct Liquidations {
  static constexpr std::size_t count_max = 250, order_count_max = 65'536;

  std::vector<Liquidation> all;
  std::vector<KeptShare> kept;
  std::vector<OrderIndex> open;  // orders of those that are not over, the oldest first
  std::vector<Holding> round;    // the rows of the one that sends now
  std::uint64_t orders = 0;      // sent so far

  void reserve(std::size_t rows) {
    all.reserve(count_max);
    kept.reserve(count_max * 16 + rows);
    open.reserve(order_count_max);
    round.reserve(rows);
  }
};

}  // namespace bulwark::core
