// SPDX-License-Identifier: Apache-2.0
// What each of several holdings adds to the risk of all of them together: what a liquidation begins with.
#pragma once

#include <span>

#include "core/risk_model.h"

namespace bulwark::core {

struct Holding {
  std::uint32_t row;
  SymbolIndex symbol;
  int128 value;   // money, signed
  int128 weight;  // what it is sorted by, the largest first
};

// Gives each its share of their deviation, which is below zero for a hedge; the shares add up to the deviation. Leaves
// them in the order of their symbols. False, and no weight: the model does not know them all.
bool weigh_by_risk(std::span<Holding> holdings, const RiskModel& model);

}  // namespace bulwark::core
