// SPDX-License-Identifier: Apache-2.0
// The saved state of orders: what each one is, the ids and executions that it is known by. Where a record stands in its
// table has no meaning and is not saved; an order of a session that is over is forgotten, whether its record has been
// used again or not.
#pragma once

#include <algorithm>
#include <vector>

#include "core/orders.h"
#include "core/state/words.h"

namespace bulwark::core {

struct OrdersState {
  static_assert(sizeof(Order) == 112 && sizeof(Orders) == 232, "a new member: is it saved, or does it follow?");
  static_assert(sizeof(TextIndex::Entry) == 88, "a new member: is it saved, or does it follow?");

  // `entered(index)` for each order that works, the oldest first, when it is read. `liquidations`: how many there are.
  template <class Words>
  static void carry(Words& words, auto& orders, const NameCounts& names, std::size_t liquidations, auto entered) {
    words(orders.session_);
    for (const bool done : {false, true}) {
      std::vector<OrderIndex> which;
      if constexpr (!Words::reads) which = done ? done_today(orders) : working(orders);
      const std::size_t size = words.count(which.size(), orders.orders_.size());
      for (std::size_t k = 0; k < size; ++k) {
        Order order = Words::reads ? Order{} : orders[which[k]];
        carry_order(words, order, names, liquidations);
        if constexpr (Words::reads) {
          const OrderIndex index = read_texts(words, orders, order);
          if (done) orders.finish(index, orders.session_);
          else entered(index);
        } else {
          write_texts(words, orders, order);
        }
      }
    }
    words(orders.accepted_);
  }

  // The order that works and has that number; 0: there is none. For what names orders, while nothing but a state has
  // been read: they stand in the order of their numbers.
  static OrderIndex with_number(const Orders& orders, std::uint64_t number) {
    std::size_t low = 1, high = orders.used_ + 1;
    while (high - low > 1) {
      const std::size_t middle = low + (high - low) / 2;
      const bool later = orders.orders_[middle].done || orders.orders_[middle].number > number;
      (later ? high : low) = middle;
    }
    const bool found = orders.used_ != 0 && orders.orders_[low].number == number && !orders.orders_[low].done;
    return found ? static_cast<OrderIndex>(low) : 0;
  }

private:
  static std::vector<OrderIndex> working(const Orders& orders) {
    std::vector<OrderIndex> which;
    for (std::size_t k = 1; k <= orders.used_; ++k) {
      if (!orders.orders_[k].done) which.push_back(static_cast<OrderIndex>(k));
    }
    std::sort(which.begin(), which.end(),
              [&orders](OrderIndex a, OrderIndex b) { return orders[a].number < orders[b].number; });
    return which;
  }
  static std::vector<OrderIndex> done_today(const Orders& orders) {
    std::vector<OrderIndex> which;
    for (OrderIndex k = orders.done_first_; k != 0; k = orders[k].next) {
      if (!Orders::forgotten(orders[k], orders.session_)) which.push_back(k);
    }
    return which;
  }

  template <class Words>
  static void carry_order(Words& words, auto& order, const NameCounts& names, std::size_t liquidations) {
    words.index(order.client, names.clients);
    words.index(order.account, names.accounts);
    words.index(order.strategy, names.strategies);
    words.index(order.symbol, names.symbols);
    words.index(order.liquidation, liquidations + 1);
    words(order.side, order.market, order.reduce_only, order.cancel_asked, order.waiting, order.waiting_market,
          order.quantity, order.filled, order.price, order.waiting_quantity, order.waiting_price, order.located,
          order.located_session, order.number);
  }

  // Ids from the first to the newest, by which of them the market knows it, which one waits; then the executions.
  static void write_texts(StateWriter& words, const Orders& orders, const Order& order) {
    const std::vector<std::uint32_t> ids = chain(orders.ids_, order.first_id);
    const auto place = [&ids](std::uint32_t entry) {
      return static_cast<std::size_t>(std::find(ids.begin(), ids.end(), entry) - ids.begin());
    };
    words.count(ids.size(), 0);
    for (const std::uint32_t entry : ids) {
      words.text(orders.ids_[entry].text);
      words(orders.withdrawn(entry));
    }
    words(place(order.current_id), order.waiting ? place(order.waiting_id) : 0);
    const std::vector<std::uint32_t> execs = chain(orders.execs_, order.first_exec);
    words.count(execs.size(), 0);
    for (const std::uint32_t entry : execs) words.text(orders.execs_[entry].text);
  }
  static OrderIndex read_texts(StateReader& words, Orders& orders, const Order& order) {
    if (!orders.room_for_order()) words.damaged("there are more orders than there is room for");
    const std::size_t id_count = words.count(0, orders.ids_.room());
    if (id_count == 0) words.damaged("an order has no id");
    std::vector<std::uint32_t> ids;
    OrderIndex index = 0;
    for (std::size_t k = 0; k < id_count; ++k) {
      Id text;
      bool withdrawn = false;
      words.text(text);
      words(withdrawn);
      const TextIndex::Probe probe = orders.probe(text, order.client);
      if (k == 0) index = orders.add(probe);
      ids.push_back(k == 0 ? orders[index].current_id : orders.name(index, probe));
      if (withdrawn) orders.withdraw(ids.back());
    }
    std::size_t current = 0, waiting = 0;
    words.index(current, id_count);
    words.index(waiting, id_count);
    const std::uint32_t newest = orders[index].first_id;
    orders[index] = order;
    orders[index].first_id = newest;
    orders[index].current_id = ids[current];
    orders[index].waiting_id = ids[waiting];
    for (std::size_t left = words.count(0, orders.execs_.room()); left != 0; --left) {
      Id text;
      words.text(text);
      orders.add_exec(index, text);
    }
    return index;
  }
  static std::vector<std::uint32_t> chain(const TextIndex& texts, std::uint32_t newest) {
    std::vector<std::uint32_t> entries;
    for (std::uint32_t entry = newest; entry != 0; entry = texts[entry].next) entries.push_back(entry);
    std::reverse(entries.begin(), entries.end());
    return entries;
  }
};

}  // namespace bulwark::core
