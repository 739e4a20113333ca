// SPDX-License-Identifier: Apache-2.0
// The engine's whole state, part by part: everything that does not follow from the rules. What follows from other parts
// is built again instead of being saved, where that gives the same bits. Cold.
#include "core/engine.h"
#include "core/adoption.h"
#include "core/state/book.h"
#include "core/state/flow.h"
#include "core/state/limits.h"
#include "core/state/orders.h"
#include "core/state/prices.h"
#include "core/state/risk.h"
#include "shm/assert.h"

namespace bulwark::core {

struct EngineState {
  static_assert(sizeof(Engine) == 4688, "a new member: is it saved, or does it follow?");

  // What the layout of everything else depends on, beside the rules.
  template <class Words>
  static void carry_layout(Words& words, auto& engine) {
    words.same(engine.capacity_.orders);
    words.same(engine.capacity_.clients);
    words.same(engine.capacity_.latches);
    carry_names(words, engine.names_);
    carry_market(words, engine.market_, counts_of(engine.names_, engine.capacity_.clients));
  }

  template <class Words>
  static void carry_content(Words& words, auto& engine) {
    const NameCounts names = counts_of(engine.names_, engine.capacity_.clients);
    words(engine.now_, engine.next_session_);
    carry_book(words, engine.book_, engine.market_);
    StaleMarksState::carry(words, engine.stale_marks_);
    if constexpr (Words::reads) count_stale(engine);
    carry_liquidations(words, engine.liquidations_, names);
    OrdersState::carry(words, engine.orders_, names, engine.liquidations_.all.size(), [&](OrderIndex index) {
      if constexpr (Words::reads) engine.link(index);
    });
    carry_open(words, engine);
    carry_slots(words, engine.limits_);
    FlowState::carry(words, engine.flow_, engine.limits_, names);
    PriceMovesState::carry(words, engine.moves_, names);
    for (auto& largest : engine.largest_moves_) LargestMoveState::carry(words, largest);
    MarketStateState::carry(words, engine.market_state_);
    RiskState::carry(words, engine.risk_);
    carry_latches(words, engine.latches_, engine.capacity_.latches, names);
    carry_factors(words, engine.factors_, names);
    carry_pending(words, engine);
  }

private:
  // Which cells count as stale; what that adds to limits is saved with them.
  static void count_stale(Engine& engine) {
    for (const std::uint32_t row : engine.book_.live_rows) engine.count_stale_row(row);
    engine.touched_.clear();
    ++engine.stamp_;
  }

  // The orders of liquidations that are not over, by their numbers.
  template <class Words>
  static void carry_open(Words& words, auto& engine) {
    carry_list(words, engine.liquidations_.open, Liquidations::order_count_max, [&](auto& index) {
      std::uint64_t number = Words::reads ? 0 : engine.orders_[index].number;
      words(number);
      if constexpr (Words::reads) {
        index = OrdersState::with_number(engine.orders_, number);
        if (index == 0 || engine.orders_[index].liquidation == 0) words.damaged("a liquidation has lost an order");
      }
    });
  }

  // What the next event still has to review: after new rules everything, after a liquidation's orders what they touch.
  template <class Words>
  static void carry_pending(Words& words, auto& engine) {
    carry_list(words, engine.touched_, engine.limits_.slots.size(), [&](auto& touched) {
      words.index(touched.limit, engine.limits_.all.size());
      words.index(touched.slot, engine.limits_.slots.size());
      if constexpr (Words::reads) engine.touched_stamp_[touched.slot] = engine.stamp_;
    });
    bool profits_moved = engine.book_.profit_moves != engine.profit_moves_reviewed_;
    words(engine.factors_changed_, engine.risk_moved_, engine.market_moved_, profits_moved);
    words.text(engine.failure_);
    std::size_t line_room = engine.lines_.capacity();  // may be left from rules that had more limits
    line_room = words.count(line_room, Engine::lines_max);
    if constexpr (Words::reads) {
      engine.profit_moves_reviewed_ = engine.book_.profit_moves - (profits_moved ? 1 : 0);
      engine.lines_.reserve(line_room);
      engine.find_next_override_end();
    }
  }
};

Engine::Engine(const Rules& rules, Capacity capacity, StateReader& saved)
    : capacity_(capacity), orders_(capacity.orders), session_(rules.session) {
  EngineState::carry_layout(saved, *this);
  const std::size_t known = names_.size();
  names_.add_from(rules);
  if (names_.size() != known) saved.damaged("the rules have names that it does not know");
  RiskModel model = Adoption::model_of(rules, names_.symbols);
  configure(rules, model);
  EngineState::carry_content(saved, *this);
  saved.finish();
}

void Engine::save(StateWriter& words) const {
  BULWARK_ASSERT(!decided_);  // an event is whole, or it has not been
  EngineState::carry_layout(words, *this);
  EngineState::carry_content(words, *this);
  words.finish();
}

}  // namespace bulwark::core
