// SPDX-License-Identifier: Apache-2.0
// A liquidation, step by step: see core/liquidation.h.
#include <algorithm>
#include <charconv>

#include "core/engine.h"

namespace bulwark::core {

using Step = Liquidation::Step;

// Halts the scope, and begins to bring it down; one that lies inside another that is not over joins it. A limit does
// it once for each stop: what moves to and fro about its max would else sell a share of the share, again and again.
void Engine::liquidate(const Scope& on, std::int64_t to, std::string_view cause, LimitIndex by) {
  latch(on, State::Halted, cause);
  std::vector<Liquidation>& all = liquidations_.all;
  std::size_t free = all.size();
  for (std::size_t k = 0; k < all.size(); ++k) {
    const Liquidation& known = all[k];
    if (by != LimitIndex::None && known.by == by && known.on == on) return;
    if (known.step == Step::Over && known.open == 0 && known.by == LimitIndex::None) free = std::min(free, k);
    if (known.step != Step::Over && lies_inside(known.on, on)) return;
  }
  if (free == Liquidations::count_max) return give_up("more liquidations at once than the engine keeps");
  if (free == all.size()) all.emplace_back();
  all[free] = {Step::Waits, on, to, Sentence::from(cause), by, 0, 0, now_};
  if (to != 0) keep_shares(static_cast<std::uint8_t>(free));
  ask_to_cancel_all(on, cause);
  count_waiting(all[free]);
}

void Engine::keep_shares(std::uint8_t liquidation) {
  std::vector<KeptShare>& kept = liquidations_.kept;
  std::erase_if(kept, [&](const KeptShare& share) { return share.liquidation == liquidation; });
  for (const std::uint32_t row : book_.live_rows) {
    const Owner owner = book_.owner_of(row);
    if (book_.rows[row].position == 0 || !within(liquidations_.all[liquidation].on, party_of(owner))) continue;
    if (kept.size() == kept.capacity()) return give_up("more positions are to be kept in part than the engine notes");
    kept.push_back({liquidation, owner.account, owner.strategy, owner.symbol, book_.rows[row].position});
  }
}

// Every working order in the scope but those of liquidations, the oldest first.
void Engine::ask_to_cancel_all(const Scope& on, std::string_view cause) {
  const std::size_t first = lines_.size();
  for (const WorkingList& list : working_) {
    for (OrderIndex index = list.first; index != 0; index = orders_[index].next) {
      Order& order = orders_[index];
      const bool filled = order.reserved() == 0;  // by this very event
      if (order.liquidation != 0 || filled || !within(on, party_of(order))) continue;
      order.cancel_asked = true;
      Line line{};
      line.type = LineType::CancelRequest;
      line.client = order.client;
      line.id = orders_.id_text(order.current_id);
      line.cause = Sentence::from(cause);
      line.age = order.number;
      add_line(line);
    }
  }
  std::sort(lines_.begin() + static_cast<std::ptrdiff_t>(first), lines_.end(),
            [](const Line& a, const Line& b) { return a.age < b.age; });
}

// The orders that have to be done before anything is sent. No other can come: the scope is halted.
void Engine::count_waiting(Liquidation& liquidation) {
  liquidation.waiting = 0;
  for (const WorkingList& list : working_) {
    for (OrderIndex index = list.first; index != 0; index = orders_[index].next) {
      const Order& order = orders_[index];
      if (order.liquidation == 0 && within(liquidation.on, party_of(order))) ++liquidation.waiting;
    }
  }
}

void Engine::leave_liquidations(OrderIndex index) {
  const Order& order = orders_[index];
  if (order.liquidation != 0) {
    --liquidations_.all[order.liquidation - 1U].open;
    std::erase(liquidations_.open, index);
    return;
  }
  for (Liquidation& liquidation : liquidations_.all) {
    if (liquidation.step == Step::Waits && within(liquidation.on, party_of(order))) --liquidation.waiting;
  }
}

// After each event: whatever waited for a `done` that has come, or for its next round, is sent.
void Engine::advance_liquidations() {
  for (std::size_t k = 0; k < liquidations_.all.size(); ++k) {
    Liquidation& liquidation = liquidations_.all[k];
    const bool begins = liquidation.step == Step::Waits && liquidation.waiting == 0;
    if (begins || (liquidation.step == Step::Sends && now_ >= liquidation.next_round)) send_round(k);
    if (liquidation.step == Step::Sent && liquidation.open == 0) liquidation.step = Step::Over;
  }
}

// The rows of a scope that hold something: by name, with a plan by what they add to the risk, the most first. Where the
// model does not know them all, by what they are worth.
void Engine::list_round(const Scope& on) {
  std::vector<Holding>& round = liquidations_.round;
  round.clear();
  for (const std::uint32_t row : book_.live_rows) {
    const Owner owner = book_.owner_of(row);
    const Symbol& symbol = market_.symbols[at(owner.symbol)];
    const std::int64_t position = book_.rows[row].position;
    if (position == 0 || !within(on, party_of(owner))) continue;
    round.push_back({row, owner.symbol, symbol.valued() ? symbol.value(position) : 0, 0});
  }
  if (liquidation_plan_ && !weigh_by_risk(round, risk_.model())) {
    for (Holding& holding : round) holding.weight = magnitude(holding.value);
  }
  std::sort(round.begin(), round.end(), [this](const Holding& a, const Holding& b) {
    if (a.weight != b.weight) return a.weight > b.weight;
    const Owner x = book_.owner_of(a.row), y = book_.owner_of(b.row);
    if (x.account != y.account) return names_.accounts.name(x.account) < names_.accounts.name(y.account);
    if (x.symbol != y.symbol) return names_.symbols.name(x.symbol) < names_.symbols.name(y.symbol);
    return names_.strategies.name(x.strategy) < names_.strategies.name(y.strategy);
  });
}

// Without a plan one round sends everything, and what a `done` leaves of it is left. With one a round comes after each
// interval, until one finds nothing that is left and nothing that works.
void Engine::send_round(std::size_t index) {
  Liquidation& liquidation = liquidations_.all[index];
  list_round(liquidation.on);
  bool left = false;
  for (const Holding& holding : liquidations_.round) {
    const std::int64_t quantity = to_be_reduced(index, holding.row);
    left = left || quantity > 0;
    const bool without_price = !market_.symbols[at(holding.symbol)].has_mark && liquidation_plan_;
    if (quantity <= 0 || (without_price && liquidation_plan_->collar)) continue;  // a collar needs a reference
    const bool room = orders_.room_for_order() && liquidations_.open.size() < Liquidations::order_count_max;
    if (!room) return give_up("there is no room for the orders of a liquidation");
    send_order(index, holding.row, quantity);
  }
  liquidation.step = Step::Sent;
  if (!liquidation_plan_ || (!left && liquidation.open == 0)) return;
  liquidation.step = Step::Sends;
  liquidation.next_round = now_ + liquidation_plan_->interval;
}

// Whole lots, rounded up, but not past the row's position, and never more than reduces its account's (rule 3). Of a
// plan at most a slice, and none while the last one works.
std::int64_t Engine::to_be_reduced(std::size_t liquidation, std::uint32_t row) const {
  const Owner owner = book_.owner_of(row);
  const Symbol& symbol = market_.symbols[at(owner.symbol)];
  const Row& held = book_.rows[row];
  const std::int64_t position = held.position, lot = symbol.lot_size;
  const std::int64_t units = position > 0 ? position : -position;
  std::int64_t kept = 0;
  for (const KeptShare& share : liquidations_.kept) {
    const bool its = share.liquidation == liquidation && share.account == owner.account &&
                     share.strategy == owner.strategy && share.symbol == owner.symbol;
    if (!its || (share.position > 0) != (position > 0)) continue;
    kept = static_cast<std::int64_t>(round8(magnitude(share.position), liquidations_.all[liquidation].to));
  }
  std::int64_t wanted = units > kept ? (units - kept + lot - 1) / lot * lot : 0;
  if (liquidation_plan_) {
    if ((position > 0 ? held.working_sell : held.working_buy) != 0) return 0;
    const auto slice =
        static_cast<std::int64_t>(static_cast<int128>(symbol.adv) * liquidation_plan_->participation / unit);
    if (slice > 0) wanted = std::min(wanted, std::max(lot, slice / lot * lot));
  }
  const Cell& account = book_.cell(View::Account, at(owner.account), owner.symbol);
  const std::int64_t reducible =
      position > 0 ? account.position - account.working_sell : -account.position - account.working_buy;
  return std::min(wanted, Order::above_zero(std::min(units, reducible)) / lot * lot);
}

// The reference moved to the order's disadvantage, and on to the tick: by the slippage, or to the edge of the collar,
// which the tick does not carry it over.
Price Engine::liquidation_price(const Symbol& symbol, Side side) const {
  const bool collared = liquidation_plan_ && liquidation_plan_->collar;
  const std::int64_t away = collared ? *liquidation_plan_->collar : market_.slippage;
  const auto moved =
      static_cast<std::int64_t>(round8(symbol.reference.raw, side == Side::Buy ? unit + away : unit - away));
  const std::int64_t tick = symbol.tick_size;
  const bool up = (side == Side::Buy) != collared;
  return {std::max(tick, up ? (moved + tick - 1) / tick * tick : moved / tick * tick)};
}

void Engine::send_order(std::size_t liquidation, std::uint32_t row, std::int64_t quantity) {
  std::array<char, 40> text{'l', 'i', 'q', 'u', 'i', 'd', 'a', 't', 'i', 'o', 'n', '-'};
  char* end = std::to_chars(text.data() + 12, text.data() + text.size(), ++liquidations_.orders).ptr;
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
  ++liquidations_.all[liquidation].open;
  liquidations_.open.push_back(index);
  Line line{};
  line.type = LineType::Liquidation;
  line.on.symbol = owner.symbol;
  line.on.account = owner.account;
  line.id = id;
  line.cause = liquidations_.all[liquidation].cause;
  line.order = {order.side, order.market, {quantity}, {order.price}};
  add_line(line);
}

// A resume calls off what has not been sent; a later liquidation of the scope begins anew.
void Engine::call_off_liquidations(const Scope& on) {
  for (Liquidation& liquidation : liquidations_.all) {
    if (!contains(on, liquidation.on)) continue;
    liquidation.step = Step::Over;
    liquidation.by = LimitIndex::None;
  }
}

// The order of that id that no client has yet; 0: there is none.
OrderIndex Engine::undelivered(const Id& id) const {
  for (const OrderIndex index : liquidations_.open) {
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
