// SPDX-License-Identifier: Apache-2.0
// What clients are still to be told: which orders of liquidations to send, which of their own to cancel, and, when they
// ask, what became of an order. It follows from the engine's state alone, so that whoever attaches, or comes back,
// learns what it has missed. Changes nothing.
#pragma once

#include <algorithm>

#include "core/engine.h"

namespace bulwark::core {

// An order of a liquidation that is not over.
struct LiquidationOrder {
  std::uint64_t number;  // a later one has a larger number
  ClientIndex client;    // who has it; None: nobody yet
  Party party;           // whose position it reduces
  bool wanted;           // false: a fill has made it too large, or a resume has called it off
  Id id;
  OrderTerms terms;
  Sentence cause;
};

class Errands {
public:
  explicit Errands(const Engine& engine) : engine_(engine) {}

  // Orders of liquidations, the oldest first.
  std::size_t count() const { return engine_.liquidations_.open.size(); }
  // The first of them with a number above that one.
  std::size_t first_after(std::uint64_t number) const {
    const auto& open = engine_.liquidations_.open;
    const auto later = [&](std::uint64_t than, OrderIndex index) { return engine_.orders_[index].number > than; };
    return static_cast<std::size_t>(std::upper_bound(open.begin(), open.end(), number, later) - open.begin());
  }
  ClientIndex client(std::size_t k) const { return order_at(k).client; }
  bool is(std::size_t k, const Id& id) const { return engine_.orders_.id_text(order_at(k).current_id) == id; }
  LiquidationOrder order(std::size_t k) const {
    const Order& order = order_at(k);
    const Liquidation& liquidation = engine_.liquidations_.all[order.liquidation - 1U];
    return {order.number,
            order.client,
            engine_.party_of(order),
            !order.cancel_asked && liquidation.step != Liquidation::Step::Over,
            engine_.orders_.id_text(order.current_id),
            {order.side, order.market, {order.quantity}, {order.price}},
            liquidation.cause};
  }

  // Calls visit(order, id) for each working order.
  template <class Visit>
  void each_working(Visit visit) const {
    for (const WorkingList& list : engine_.working_) {
      for (OrderIndex index = list.first; index != 0; index = engine_.orders_[index].next) {
        const Order& order = engine_.orders_[index];
        visit(order, engine_.orders_.id_text(order.current_id));
      }
    }
  }

  // Calls visit(order, id, cause) for each of them that has been asked to be cancelled.
  template <class Visit>
  void each_cancel(Visit visit) const {
    each_working([&](const Order& order, const Id& id) {
      if (order.cancel_asked) visit(order, id, why_cancelled(order));
    });
  }

  // The order of a client's by that id; nullptr: none was accepted, or it was over before this session.
  const Order* find(const Id& id, ClientIndex client) const {
    const OrderIndex index = engine_.orders_.find(id, client, engine_.orders_.session()).order;
    return index == 0 ? nullptr : &engine_.orders_[index];
  }

private:
  const Order& order_at(std::size_t k) const { return engine_.orders_[engine_.liquidations_.open[k]]; }

  // The liquidation that waits for it; else it was too large for the position that it reduces (rule 24).
  Sentence why_cancelled(const Order& order) const {
    for (const Liquidation& each : engine_.liquidations_.all) {
      if (order.liquidation == 0 && each.step == Liquidation::Step::Waits && within(each.on, engine_.party_of(order))) {
        return each.cause;
      }
    }
    return Sentence::from("reduce_only");
  }

  const Engine& engine_;
};

}  // namespace bulwark::core
