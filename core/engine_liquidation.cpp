// SPDX-License-Identifier: Apache-2.0
// A liquidation, step by step: see core/liquidation.h.
#include <algorithm>
#include <charconv>

#include "core/engine.h"

namespace bulwark::core {

// Halts the scope, and begins to bring it down; one that lies inside another that is not over joins it. A limit does
// it once for each stop: what moves to and fro about its max would else sell a share of the share, again and again.
void Engine::liquidate(const Scope& on, std::int64_t to, std::string_view cause, LimitIndex by) {
  latch(on, State::Halted, cause);
  std::size_t free = liquidations_.size();
  for (std::size_t k = 0; k < liquidations_.size(); ++k) {
    const Liquidation& known = liquidations_[k];
    if (by != LimitIndex::None && known.by == by && known.on == on) return;
    if (known.step == Liquidation::Step::Over && known.open == 0 && known.by == LimitIndex::None)
      free = std::min(free, k);
    if (known.step == Liquidation::Step::Over) continue;
    if (lies_inside(known.on, on)) return;
  }
  if (free == liquidation_count_max) return;  // halted it is; a person sees the rest
  if (free == liquidations_.size()) liquidations_.emplace_back();
  liquidations_[free] = {Liquidation::Step::Waits, on, to, Sentence::from(cause), by, 0};
  if (to != 0) keep_shares(static_cast<std::uint8_t>(free));
  ask_to_cancel_all(on, cause);
}

void Engine::keep_shares(std::uint8_t liquidation) {
  std::erase_if(kept_shares_, [&](const KeptShare& kept) { return kept.liquidation == liquidation; });
  for (const std::uint32_t row : book_.live_rows) {
    const Owner owner = book_.owner_of(row);
    if (book_.rows[row].position == 0 || !within(liquidations_[liquidation].on, party_of(owner))) continue;
    kept_shares_.push_back({liquidation, owner.account, owner.strategy, owner.symbol, book_.rows[row].position});
  }
}

// Every working order in the scope but those of liquidations, the oldest first.
void Engine::ask_to_cancel_all(const Scope& on, std::string_view cause) {
  const std::size_t first = lines_.size();
  for (const WorkingList& list : working_) {
    for (OrderIndex index = list.first; index != 0; index = orders_[index].next) {
      Order& order = orders_[index];
      if (order.liquidation != 0 || !within(on, party_of(order)) || lines_.size() == lines_.capacity()) continue;
      order.cancel_asked = true;
      Line line{};
      line.type = LineType::CancelRequest;
      line.client = order.client;
      line.id = orders_.id_text(order.current_id);
      line.cause = Sentence::from(cause);
      line.age = order.number;
      lines_.push_back(line);
    }
  }
  std::sort(lines_.begin() + static_cast<std::ptrdiff_t>(first), lines_.end(),
            [](const Line& a, const Line& b) { return a.age < b.age; });
}

bool Engine::anything_works(const Scope& on) const {
  for (const WorkingList& list : working_) {
    for (OrderIndex index = list.first; index != 0; index = orders_[index].next) {
      if (orders_[index].liquidation == 0 && within(on, party_of(orders_[index]))) return true;
    }
  }
  return false;
}

// After each event: whatever waited for a `done` that has come is sent.
void Engine::advance_liquidations() {
  for (std::size_t k = 0; k < liquidations_.size(); ++k) {
    Liquidation& liquidation = liquidations_[k];
    if (liquidation.step == Liquidation::Step::Waits && !anything_works(liquidation.on)) send(k);
    if (liquidation.step == Liquidation::Step::Sent && liquidation.open == 0)
      liquidation.step = Liquidation::Step::Over;
  }
}

void Engine::send(std::size_t index) {
  Liquidation& liquidation = liquidations_[index];
  liquidation.step = Liquidation::Step::Sent;
  sorted_rows_.clear();
  for (const std::uint32_t row : book_.live_rows) {
    const bool held = book_.rows[row].position != 0;
    if (held && within(liquidation.on, party_of(book_.owner_of(row)))) sorted_rows_.push_back(row);
  }
  std::sort(sorted_rows_.begin(), sorted_rows_.end(), [this](std::uint32_t a, std::uint32_t b) {
    const Owner x = book_.owner_of(a), y = book_.owner_of(b);
    if (x.account != y.account) return names_.accounts.name(x.account) < names_.accounts.name(y.account);
    if (x.symbol != y.symbol) return names_.symbols.name(x.symbol) < names_.symbols.name(y.symbol);
    return names_.strategies.name(x.strategy) < names_.strategies.name(y.strategy);
  });
  for (const std::uint32_t row : sorted_rows_) {
    const std::int64_t quantity = to_be_reduced(index, row);
    const bool room = orders_.room_for_order() && liquidation_open_.size() < liquidation_order_count_max;
    if (quantity > 0 && room && lines_.size() < lines_.capacity()) send_order(index, row, quantity);
  }
}

// Whole lots, rounded up, but not past the row's position, and never more than reduces its account's (rule 3).
std::int64_t Engine::to_be_reduced(std::size_t liquidation, std::uint32_t row) const {
  const Owner owner = book_.owner_of(row);
  const std::int64_t position = book_.rows[row].position, lot = market_.symbols[at(owner.symbol)].lot_size;
  const std::int64_t held = position > 0 ? position : -position;
  std::int64_t kept = 0;
  for (const KeptShare& share : kept_shares_) {
    const bool its = share.liquidation == liquidation && share.account == owner.account &&
                     share.strategy == owner.strategy && share.symbol == owner.symbol;
    if (!its || (share.position > 0) != (position > 0)) continue;
    kept = static_cast<std::int64_t>(round8(magnitude(share.position), liquidations_[liquidation].to));
  }
  const std::int64_t wanted = held > kept ? (held - kept + lot - 1) / lot * lot : 0;
  const Cell& account = book_.cell(View::Account, at(owner.account), owner.symbol);
  const std::int64_t reducible =
      position > 0 ? account.position - account.working_sell : -account.position - account.working_buy;
  return std::min(wanted, Order::above_zero(std::min(held, reducible)) / lot * lot);
}

// The reference moved to the order's disadvantage, and on to the tick; a market order where there is none.
Price Engine::liquidation_price(const Symbol& symbol, Side side) const {
  const std::int64_t share = side == Side::Buy ? unit + market_.slippage : unit - market_.slippage;
  const auto moved = static_cast<std::int64_t>(round8(symbol.reference.raw, share));
  const std::int64_t tick = symbol.tick_size;
  return {side == Side::Buy ? (moved + tick - 1) / tick * tick : moved / tick * tick};
}

void Engine::send_order(std::size_t liquidation, std::uint32_t row, std::int64_t quantity) {
  std::array<char, 40> text{'l', 'i', 'q', 'u', 'i', 'd', 'a', 't', 'i', 'o', 'n', '-'};
  char* end = std::to_chars(text.data() + 12, text.data() + text.size(), ++liquidation_orders_).ptr;
  const Id id = Id::from({text.data(), static_cast<std::size_t>(end - text.data())});
  const Owner owner = book_.owner_of(row);
  const Symbol& symbol = market_.symbols[at(owner.symbol)];
  const OrderIndex index = orders_.add(orders_.probe(id, ClientIndex::None));
  Order& order = orders_[index];
  order.account = owner.account;
  order.strategy = owner.strategy;
  order.symbol = owner.symbol;
  order.side = book_.rows[row].position > 0 ? Side::Sell : Side::Buy;
  order.reduce_only = true;
  order.liquidation = static_cast<std::uint8_t>(liquidation + 1);
  order.quantity = quantity;
  order.market = !symbol.has_mark;
  if (symbol.has_mark) order.price = liquidation_price(symbol, order.side).raw;
  link(index);
  book_.change_working(owner, order.side, quantity, market_);
  count_open(order, 1);
  touch_row(row);  // limits see it from the next event on
  if (!limits_.stale_marks.empty()) count_stale_row(row);
  ++liquidations_[liquidation].open;
  liquidation_open_.push_back(index);
  Line line{};
  line.type = LineType::Liquidation;
  line.on.symbol = owner.symbol;
  line.on.account = owner.account;
  line.id = id;
  line.cause = liquidations_[liquidation].cause;
  line.order = {order.side, order.market, {quantity}, {order.price}};
  lines_.push_back(line);
}

// A resume calls off what has not been sent; a later liquidation of the scope begins anew.
void Engine::call_off_liquidations(const Scope& on) {
  for (Liquidation& liquidation : liquidations_) {
    if (!contains(on, liquidation.on)) continue;
    liquidation.step = Liquidation::Step::Over;
    liquidation.by = LimitIndex::None;
  }
}

// The order of that id that no client has yet; 0: there is none.
OrderIndex Engine::undelivered(const Id& id) const {
  for (const OrderIndex index : liquidation_open_) {
    const Order& order = orders_[index];
    if (order.client == ClientIndex::None && orders_.id_text(order.current_id) == id) return index;
  }
  return 0;
}

// From now on it is that client's, like an order of its own; or it is over, because nobody is to have it any more.
void Engine::apply_deliver(const OrderEvent& deliver) {
  const OrderIndex index = undelivered(deliver.id);
  Order& order = orders_[index];
  if (deliver.client == ClientIndex::None) {
    const std::int64_t before = order.reserved();
    finish(index);
    return settle_reservation(index, before);
  }
  count_open(order, -1);
  orders_.give_to(index, deliver.client);
  count_open(order, 1);
}

}  // namespace bulwark::core
