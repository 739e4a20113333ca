// SPDX-License-Identifier: Apache-2.0
// New rules on their way into an engine (Engine::adopt): what can be made of them ahead is made, and what they replace
// is freed, by the cold thread that this belongs to, so that the hot loop spends no time on either.
#pragma once

#include "core/flow.h"
#include "core/market_state.h"
#include "core/orders.h"
#include "core/price_moves.h"
#include "core/risk_model.h"
#include "core/rules.h"

namespace bulwark::core {

struct Adoption {
  // `symbols`: the engine's own, and all those of the rules among them, or the engine makes the model once more.
  Adoption(const Rules& rules_, const NameList<SymbolIndex>& symbols)
      : rules(rules_), symbol_count(symbols.size()), model(model_of(rules_, symbols)) {}
  static RiskModel model_of(const Rules& rules, const NameList<SymbolIndex>& symbols) {
    return rules.model ? RiskModel(*rules.model, symbols) : RiskModel();
  }

  const Rules& rules;
  std::size_t symbol_count;
  RiskModel model;  // the new one; afterwards the old one
  // Empty; afterwards what was in force before.
  Book book;
  Limits limits;
  Flow flow;
  PriceMoves moves;
  Table<WorkingList> working;
  MarketState market_state;
};

}  // namespace bulwark::core
