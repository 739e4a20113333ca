// SPDX-License-Identifier: Apache-2.0
// Orders from their verdict on: what they hold reserved, by which ids they are known, which fills they have had.
// An order that is done keeps its ids until the session after; then its record is used again.
#pragma once

#include <algorithm>

#include "core/text_index.h"
#include "shm/units.h"

namespace bulwark::core {

using OrderIndex = std::uint32_t;  // 0: no order

struct Order {
  ClientIndex client;  // None: of a fill that named no client
  AccountIndex account;
  StrategyIndex strategy;
  Side side;
  bool market, reduce_only, cancel_asked, done;
  bool waiting, waiting_market;  // a replace has been accepted and not yet confirmed
  std::uint8_t liquidation;      // the liquidation that it belongs to, + 1; 0: none
  SymbolIndex symbol;
  std::uint32_t waiting_id;  // entry of the id of the waiting replace
  std::uint32_t current_id;  // entry of the id by which the market knows it now
  std::int64_t quantity, filled, price;
  std::int64_t waiting_quantity, waiting_price;
  std::int64_t located;  // units taken from the symbol's locate
  std::uint64_t number;  // counts orders as they were accepted
  std::uint32_t located_session, done_session;
  std::uint32_t first_id, first_exec;  // entries; the newest first
  OrderIndex previous, next;           // working orders of this account and symbol, oldest first; or the done queue

  static constexpr std::int64_t above_zero(std::int64_t a) { return a > 0 ? a : 0; }
  std::int64_t remainder() const { return above_zero(quantity - filled); }
  std::int64_t waiting_remainder() const { return waiting ? above_zero(waiting_quantity - filled) : 0; }
  // What counts as working: the larger remainder while a replace waits.
  std::int64_t reserved() const {
    if (done) return 0;
    return remainder() > waiting_remainder() ? remainder() : waiting_remainder();
  }
};

// What works in one symbol of an account, the oldest first.
struct WorkingList {
  OrderIndex first, last;
};

class Orders {
public:
  struct Found {
    OrderIndex order;
    std::uint32_t id;  // the entry by which it was found
    bool ambiguous;
  };

  static constexpr std::size_t capacity_max = TextIndex::capacity_max / 2;  // each may have two ids

  Orders() = default;
  explicit Orders(std::size_t capacity)
      : orders_(capacity + 1), ids_(2 * capacity, false), execs_(2 * capacity, true) {}

  Order& operator[](OrderIndex order) { return orders_[order]; }
  const Order& operator[](OrderIndex order) const { return orders_[order]; }

  // Memory in place for records from the one to the other, of orders, ids and executions alike.
  void populate(std::size_t first, std::size_t last) const {
    orders_.populate(first, last);
    ids_.populate(first, last);
    execs_.populate(first, last);
  }
  // So many of the records of one of them have been used at one time or another; those behind never were.
  std::size_t used() const { return std::max({used_, ids_.used(), execs_.used()}); }
  std::size_t capacity() const { return orders_.size() - 1; }

  bool room_for_order() const {
    return !(free_ == 0 && used_ + 1 >= orders_.size() && !reclaimable()) && room_for_id();
  }
  bool room_for_id() const { return ids_.room() > 0 || reclaimable(); }

  // `session` is the one in which the question is asked: what was done before it is forgotten.
  // Without a client the id must belong to one order only.
  Found find(const Id& id, ClientIndex client, std::uint32_t session) const { return find(probe(id, client), session); }
  Found find(const TextIndex::Probe& id, std::uint32_t session) const {
    const ClientIndex client{static_cast<std::uint16_t>(id.tag)};
    Found found{};
    ids_.each(id, [&](std::uint32_t entry) {
      const TextIndex::Entry& e = ids_[entry];
      if (client != ClientIndex::None && e.tag != static_cast<std::uint32_t>(client)) return false;
      if (forgotten(orders_[e.owner], session)) return false;
      found.ambiguous = found.order != 0;
      found.order = e.owner;
      found.id = entry;
      return client != ClientIndex::None;
    });
    return found;
  }

  TextIndex::Probe probe(const Id& id, ClientIndex client) const {
    return ids_.probe(id, static_cast<std::uint32_t>(client));
  }
  // Has the place where an id stands, or will stand, fetched while something else is done.
  [[gnu::always_inline]] void prefetch(const TextIndex::Probe& id) const { ids_.prefetch(id); }

  // And where the next order will stand: for the first time its memory is cold, and every store behind it waits.
  [[gnu::always_inline]] void prefetch_next() const {
    orders_.prefetch(free_ != 0 ? free_ : used_ + 1);
    ids_.prefetch_next();
  }

  bool has_exec(OrderIndex order, const Id& exec_id) const {
    bool known = false;
    execs_.each(execs_.probe(exec_id, order), [&](std::uint32_t entry) { return known = execs_[entry].tag == order; });
    return known;
  }

  // Precondition of the first two: room. All three use records of forgotten orders again.
  // The order's record is zero but for its client and its id: the caller fills it in where it stands.
  OrderIndex add(const TextIndex::Probe& id) {
    if (free_ == 0 && used_ + 1 >= orders_.size()) reclaim();
    OrderIndex index = free_;
    if (index != 0) free_ = orders_[index].next;
    else index = static_cast<OrderIndex>(++used_);
    Order& order = orders_[index];
    order = Order{};
    order.client = ClientIndex{static_cast<std::uint16_t>(id.tag)};
    order.number = ++accepted_;
    order.current_id = name(index, id);
    return index;
  }
  std::uint32_t name(OrderIndex index, const TextIndex::Probe& id) {
    while (ids_.room() == 0 && reclaimable()) reclaim();
    Order& order = orders_[index];
    return order.first_id = ids_.insert(id, index, order.first_id);
  }
  // False: there is no room, and nothing remembers it. (An order that is forgotten need not have had any.)
  bool add_exec(OrderIndex index, const Id& exec_id) {
    while (execs_.room() == 0 && reclaimable()) reclaim();
    if (execs_.room() == 0) return false;
    orders_[index].first_exec = execs_.insert(execs_.probe(exec_id, index), index, orders_[index].first_exec);
    return true;
  }
  const Id& id_text(std::uint32_t entry) const { return ids_[entry].text; }
  bool withdrawn(std::uint32_t entry) const { return ids_[entry].withdrawn != 0; }
  void withdraw(std::uint32_t entry) { ids_[entry].withdrawn = 1; }
  // An order that belonged to nobody, and the ids by which it is known.
  void give_to(OrderIndex index, ClientIndex client) {
    orders_[index].client = client;
    for (std::uint32_t entry = orders_[index].first_id; entry != 0; entry = ids_[entry].next) {
      ids_[entry].tag = static_cast<std::uint32_t>(client);
    }
  }

  // Gives back a forgotten order for each that is done: the work of a session's end is spread over the next one, and
  // not over those who wait for a verdict.
  void finish(OrderIndex index, std::uint32_t session) {
    reclaim();
    Order& order = orders_[index];
    order.done = true;
    order.waiting = false;
    order.done_session = session;
    order.next = 0;
    if (done_last_ != 0) orders_[done_last_].next = index;
    else done_first_ = index;
    done_last_ = index;
  }
  void start_session() { ++session_; }
  std::uint32_t session() const { return session_; }

private:
  friend struct OrdersState;

  static bool forgotten(const Order& order, std::uint32_t session) {
    return order.done && order.done_session < session;
  }
  bool reclaimable() const { return done_first_ != 0 && forgotten(orders_[done_first_], session_); }

  void reclaim() {
    if (!reclaimable()) return;
    const OrderIndex index = done_first_;
    Order& order = orders_[index];
    done_first_ = order.next;
    if (done_first_ == 0) done_last_ = 0;
    for (std::uint32_t entry = order.first_id; entry != 0;) {
      const std::uint32_t next = ids_[entry].next;
      ids_.erase(entry);
      entry = next;
    }
    for (std::uint32_t entry = order.first_exec; entry != 0;) {
      const std::uint32_t next = execs_[entry].next;
      execs_.erase(entry);
      entry = next;
    }
    order.next = free_;
    free_ = index;
  }

  Table<Order> orders_;
  TextIndex ids_, execs_;
  std::size_t used_ = 0;
  std::uint64_t accepted_ = 0;
  OrderIndex free_ = 0, done_first_ = 0, done_last_ = 0;
  std::uint32_t session_ = 1;
};

}  // namespace bulwark::core
