// SPDX-License-Identifier: Apache-2.0
// Bringing a scope down: it is halted, every working order in it is asked to be cancelled, and when the last of them is
// done, reducing orders go out for what remains. Each step follows from the state alone, so that a replay takes it
// again and nothing is sold twice.
#pragma once

#include <vector>

#include "core/orders.h"

namespace bulwark::core {

struct Liquidation {
  enum class Step : std::uint8_t { Over, Waits, Sent };  // for each `done`; for its own orders

  Step step;
  Scope on;
  std::int64_t to;  // raw decimal: the share of its positions that stays
  Sentence cause;
  LimitIndex by;       // the limit that set it off, which does so once until a resume; else None
  std::uint32_t open;  // its own orders that work
};

// What a row held when the liquidation began, where a share of it is to stay.
struct KeptShare {
  std::uint8_t liquidation;
  AccountIndex account;
  StrategyIndex strategy;
  SymbolIndex symbol;
  std::int64_t position;
};

inline constexpr std::size_t liquidation_count_max = 250, liquidation_order_count_max = 65'536;

}  // namespace bulwark::core
