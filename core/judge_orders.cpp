// SPDX-License-Identifier: Apache-2.0
// What limits read of other orders: those that work, and those that came before.
#include "core/engine.h"

namespace bulwark::core {

int128 Judge::self_trades() const {
  int128 count = 0;
  const Orders& orders = engine_.orders_;
  const std::size_t list = engine_.book_.pair_index(candidate_.party.account, candidate_.party.symbol);
  const auto meets = [this](bool market, std::int64_t price) {
    if (market || candidate_.market) return true;
    return candidate_.side == Side::Buy ? price <= candidate_.price : price >= candidate_.price;
  };
  for (OrderIndex k = engine_.working_[list].first; k != 0; k = orders[k].next) {
    const Order& order = orders[k];
    if (order.side == candidate_.side) continue;
    if (meets(order.market, order.price) || (order.waiting && meets(order.waiting_market, order.waiting_price)))
      ++count;
  }
  return count;
}

// How often the like of this order was executed when that passed max; 0: it did not.
std::uint32_t Judge::repeated(const CompiledLimit& limit) const {
  const Repetitions& repetitions = engine_.flow_.repetitions();
  const Party& party = candidate_.party;
  return repetitions[repetitions.place(limit, limit.slot_of(party), party, candidate_.side)].broken;
}

std::uint32_t Judge::duplicates(const CompiledLimit& limit) const {
  const FlowEntry entry{engine_.now_, Keys::of(candidate_.party), candidate_.side,  candidate_.market,
                        false,        candidate_.quantity,        candidate_.price, 0};
  return engine_.flow_.duplicates(limit, entry);
}

}  // namespace bulwark::core
