// SPDX-License-Identifier: Apache-2.0
// The saved state of limits and of what is in force beyond them: latches, factors, liquidations.
#pragma once

#include "core/limits.h"
#include "core/liquidation.h"
#include "core/state/words.h"
#include "core/states.h"

namespace bulwark::core {

template <class Words>
void carry_slot(Words& words, auto& slot, auto& room) {
  static_assert(sizeof(Slot) == 112, "a new member: is it saved, or does it follow?");
  words(slot.max, slot.base_max, slot.amount, slot.override_until_ns, slot.blind_until, slot.since, slot.scales,
        slot.set_off, slot.live, slot.warned, slot.breached, room);
}

// Slots that are as they were laid out are left out; those of a limit of 0 begin as told, and are all there.
template <class Words>
void carry_slots(Words& words, auto& limits) {
  words.same(limits.slots.size());
  for (const CompiledLimit& limit : limits.all) {
    const auto in_use = [&](std::size_t k) {
      const Slot& slot = limits.slots[limit.slot_base + k];
      const bool numbers = slot.amount != 0 || slot.override_until_ns != 0 || slot.blind_until.ns != 0 ||
                           slot.since != 0 || slot.max != limit.configured_max || slot.base_max != limit.configured_max;
      const bool told = slot.scales || slot.set_off || slot.live || slot.told() || limit.configured_max == 0;
      return numbers || told || limits.rooms[limit.slot_base + k] != Limits::first_room(limit, slot.max);
    };
    carry_places(words, limit.slot_count, in_use, [&](std::size_t k) {
      const std::size_t place = limit.slot_base + k;
      carry_slot(words, limits.slots[place], limits.rooms[place]);
      if constexpr (Words::reads) {
        const std::int64_t room = limits.rooms[place];
        limits.set_max(limit, place, limits.slots[place].max);
        limits.rooms[place] = room;
      }
    });
  }
}

template <class Words>
void carry_latches(Words& words, auto& latches, std::size_t most, const NameCounts& names) {
  static_assert(sizeof(Latch) == 148, "a new member: is it saved, or does it follow?");
  carry_list(words, latches, most, [&](auto& latch) {
    carry_scope(words, latch.on, names);
    words(latch.state);
    words.text(latch.cause);
  });
}

template <class Words>
void carry_factors(Words& words, auto& factors, const NameCounts& names) {
  static_assert(sizeof(Factor) == 40, "a new member: is it saved, or does it follow?");
  carry_list(words, factors, held_factors_max, [&](auto& factor) {
    carry_scope(words, factor.on, names);
    words(factor.factor, factor.source, factor.key);
  });
}

// But for their open orders, which are named when the orders are there.
template <class Words>
void carry_liquidations(Words& words, auto& liquidations, const NameCounts& names) {
  static_assert(sizeof(Liquidation) == 184 && sizeof(KeptShare) == 24 && sizeof(Liquidations) == 104,
                "a new member: is it saved, or does it follow?");
  carry_list(words, liquidations.all, Liquidations::count_max, [&](auto& liquidation) {
    words.index(liquidation.step, at(Liquidation::Step::Sent) + 1);
    carry_scope(words, liquidation.on, names);
    words(liquidation.to, liquidation.by, liquidation.open, liquidation.waiting, liquidation.next_round);
    words.text(liquidation.cause);
  });
  carry_list(words, liquidations.kept, liquidations.kept.capacity(), [&](auto& share) {
    words.index(share.account, names.accounts);
    words.index(share.strategy, names.strategies);
    words.index(share.symbol, names.symbols);
    words.index(share.liquidation, liquidations.all.size());
    words(share.position);
  });
  words(liquidations.orders);
}

}  // namespace bulwark::core
