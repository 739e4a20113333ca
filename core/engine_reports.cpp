// SPDX-License-Identifier: Apache-2.0
// What the market reports: fills move the book, `done` and acknowledgements free what they settle. Never refused.
#include "core/engine.h"

namespace bulwark::core {

void Engine::link(OrderIndex index) {
  Order& order = orders_[index];
  WorkingList& list = working(order);
  order.previous = list.last;
  order.next = 0;
  if (list.last != 0) orders_[list.last].next = index;
  else list.first = index;
  list.last = index;
}

void Engine::unlink(OrderIndex index) {
  const Order& order = orders_[index];
  WorkingList& list = working(order);
  if (order.previous != 0) orders_[order.previous].next = order.next;
  else list.first = order.next;
  if (order.next != 0) orders_[order.next].previous = order.previous;
  else list.last = order.previous;
}

// The order no longer works: nothing of it is reserved any more.
void Engine::finish(OrderIndex index) {
  const Order& order = orders_[index];
  count_open(order, -1);
  if (!liquidations_.all.empty()) leave_liquidations(index);
  unlink(index);
  orders_.finish(index, orders_.session());
}

// Brings the book from what the order held reserved before to what it holds now, which is never more.
void Engine::settle_reservation(OrderIndex index, std::int64_t before) {
  const Order& order = orders_[index];
  if (!order.done && order.reserved() == 0) finish(index);
  book_.change_working({order.account, order.strategy, order.symbol}, order.side, order.reserved() - before, market_);
  touch_told(row_of(order), party_of(order));
}

// The waiting replace holds from now on.
void Engine::promote(OrderIndex index) {
  Order& order = orders_[index];
  order.waiting = false;
  order.current_id = order.waiting_id;
  order.quantity = order.waiting_quantity;
  order.price = order.waiting_price;
  order.market = order.waiting_market;
}

void Engine::apply_ack(const OrderEvent& ack) {
  const Orders::Found found = orders_.find(ack.id, ack.client, orders_.session());
  Order& order = orders_[found.order];
  if (order.done || !order.waiting || order.waiting_id != found.id) return;
  const std::int64_t before = order.reserved();
  promote(found.order);
  settle_reservation(found.order, before);
}

void Engine::apply_cancel(const OrderEvent& cancel) {
  const Orders::Found found = orders_.find(cancel.id, cancel.client, orders_.session());
  count_message(party_of(orders_[found.order]));
}

void Engine::apply_done(const OrderEvent& done) {
  const Orders::Found found = orders_.find(done.id, done.client, orders_.session());
  Order& order = orders_[found.order];
  // The market's refusal of a replace is no end of the order, however often it is told.
  if (order.done || (done.why == DoneWhy::Rejected && orders_.withdrawn(found.id))) return;
  const std::int64_t before = order.reserved();
  if (done.why == DoneWhy::Rejected && order.waiting && order.waiting_id == found.id) {
    order.waiting = false;
    orders_.withdraw(found.id);
    return settle_reservation(found.order, before);
  }
  if (order.located_session == orders_.session()) {
    const std::int64_t back = before < order.located ? before : order.located;
    market_.symbols[at(order.symbol)].locate_used -= back;
  }
  finish(found.order);
  settle_reservation(found.order, before);
}

// Into the book, and what counts fills counts it.
void Engine::book_fill(std::size_t row, Side side, ClientIndex client, const FillEvent& fill) {
  book_.wake(row, market_);
  const std::optional<int128> realised =
      book_.fill(row, side, fill.quantity, fill.price, join(fill.fee_low, fill.fee_high), market_);
  Party party = party_of(book_.owner_of(row));
  party.client = client;
  if (realised) flow_.closing(FlowEntry::of(now_, party, side), *realised < 0, limits_);
}

void Engine::apply_fill(const FillEvent& fill) {
  const Orders::Found found = orders_.find(fill.id, fill.client, orders_.session());
  if (found.order == 0) return fill_unknown(fill);
  if (orders_.has_exec(found.order, fill.exec_id)) return;
  Order& order = orders_[found.order];
  remember(found.order, fill.exec_id);
  const std::int64_t before = order.reserved();
  if (order.waiting && order.waiting_id == found.id) promote(found.order);
  const bool was_done = order.done;
  if (was_done) tell_stray_fill(fill.id, order.client, "a fill after the order was done");
  else if (fill.quantity.raw > order.reserved())
    tell_stray_fill(fill.id, order.client, "a fill beyond the order's remainder");
  if (order.filled <= position_raw_max) order.filled += fill.quantity.raw;
  const std::size_t row = row_of(order);
  const Party party = party_of(order);
  book_fill(row, order.side, order.client, fill);
  settle_reservation(found.order, before);
  touch_row(row);
  count_execution(party, order.side);  // what it sets off finds the order as the fill leaves it
  ask_to_cancel_excess(party);
}

// A fill of an order that nobody asked about: applied whole, and its id is taken by an order that is done. What the
// market did is done, whether there is room to remember it or not.
void Engine::fill_unknown(const FillEvent& fill) {
  if (orders_.room_for_order()) {
    const OrderIndex index = orders_.add(orders_.probe(fill.id, fill.client));
    Order& order = orders_[index];
    order.account = fill.account;
    order.strategy = fill.strategy;
    order.symbol = fill.symbol;
    order.side = fill.side;
    order.filled = fill.quantity.raw;
    orders_.finish(index, orders_.session());
    remember(index, fill.exec_id);
  } else {
    give_up("more orders came in one session than the engine keeps: a fill told twice now counts twice");
  }
  tell_stray_fill(fill.id, fill.client, "a fill of an unknown order");
  const std::size_t row = book_.row_index(fill.account, fill.strategy, fill.symbol);
  Party party = party_of(book_.owner_of(row));
  party.client = fill.client;
  book_fill(row, fill.side, fill.client, fill);
  touch_row(row);
  count_execution(party, fill.side);
  ask_to_cancel_excess(party);
}

void Engine::remember(OrderIndex index, const Id& exec_id) {
  if (orders_.add_exec(index, exec_id)) return;
  give_up("more fills came in one session than the engine keeps: one told twice now counts twice");
}

void Engine::tell_stray_fill(const Id& id, ClientIndex client, std::string_view why) {
  Line line{};
  line.type = LineType::StrayFill;
  line.client = client;
  line.id = id;
  line.cause = Sentence::from(why);
  add_line(line);
}

// Orders sent with `reduce_only` never add up to more than the position that they are against: the newest go first
// (rule 24).
void Engine::ask_to_cancel_excess(const Party& party) {
  const Cell& cell = book_.cell(View::Account, at(party.account), party.symbol);
  const WorkingList& list = working_[book_.pair_index(party.account, party.symbol)];
  for (const Side side : {Side::Buy, Side::Sell}) {
    const std::int64_t against = Order::above_zero(side == Side::Sell ? cell.position : -cell.position);
    int128 resting = 0;
    const auto counts = [&](const Order& order) {
      return order.side == side && order.reduce_only && !order.cancel_asked;
    };
    for (OrderIndex k = list.first; k != 0; k = orders_[k].next) {
      if (counts(orders_[k])) resting += orders_[k].reserved();
    }
    for (OrderIndex k = list.last; k != 0 && resting > against; k = orders_[k].previous) {
      Order& order = orders_[k];
      if (!counts(order)) continue;
      order.cancel_asked = true;
      resting -= order.reserved();
      Line line{};
      line.type = LineType::CancelRequest;
      line.client = order.client;
      line.id = orders_.id_text(order.current_id);
      line.cause = Sentence::from("reduce_only");
      add_line(line);
    }
  }
}

}  // namespace bulwark::core
