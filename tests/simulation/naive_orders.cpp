// SPDX-License-Identifier: Apache-2.0
// Orders, verdicts and fills of the naive reference.
#include <algorithm>

#include "tests/simulation/naive.h"

namespace bulwark::naive {

std::int64_t Order::reserved() const {
  if (done) return 0;
  const std::int64_t waits = waiting ? waiting->quantity - filled : 0;
  return std::max<std::int64_t>({quantity - filled, waits, 0});
}

// An id of a client; without a client it must belong to one order only.
Naive::Found Naive::find(const std::string& id, ClientIndex client, int session) {
  Found found;
  const auto named = named_.find(id);
  if (named == named_.end()) return found;
  for (const std::uint64_t number : named->second) {
    const auto working = orders_.find(number), past = done_.find(number);
    if (working == orders_.end() && past == done_.end()) continue;
    Order& order = working != orders_.end() ? working->second : past->second;
    if (order.done && order.done_session < session) continue;
    if (client != ClientIndex::None && order.party.client != client) continue;
    found.ambiguous = found.order != nullptr;
    found.order = &order;
    if (client != ClientIndex::None) return found;
  }
  return found;
}

// An index that stands for nothing is nobody.
Party Naive::known(const core::IntentEvent& intent) const {
  const auto below = [](auto index, std::size_t count) { return at(index) <= count ? index : decltype(index)::None; };
  Party party;
  party.symbol = below(intent.symbol, instruments_.size());
  if (at(party.symbol) != 0) party.sector = instrument(party.symbol).sector;
  party.account = below(intent.account, rules_.accounts.size());
  party.strategy = below(intent.strategy, rules_.strategies.size());
  party.client = intent.client;
  return party;
}

void Naive::refuse(Reason reason, const Scope* on) {
  verdict = core::Verdict{};
  verdict->decision = Decision::Rejected;
  verdict->reason = reason;
  verdict->has_on = on != nullptr;
  if (on != nullptr) verdict->on = *on;
}

const Scope* Naive::latched(const Party& party, State state) const {
  for (const Latch& latch : latches_) {
    if (latch.state == state && within(latch.on, party)) return &latch.on;
  }
  return nullptr;
}

bool Naive::refused_by_gate(const Party& party, core::Gate gate) {
  static const Scope everything{};
  const Scope* on = latched(party, State::Halted);
  if (gate == core::Gate::JournalFull) refuse(Reason::JournalFull);
  else if (gate == core::Gate::LeaseExpired) refuse(Reason::LeaseExpired);
  else if (gate != core::Gate::Open) refuse(Reason::Halted, &everything);
  else if (on != nullptr) refuse(Reason::Halted, on);
  return verdict.has_value();
}

std::int64_t Naive::locate_needed(const Ask& ask) const {
  if (ask.side != Side::Sell) return 0;
  Scope on{};
  on.account = ask.party.account;
  on.symbol = ask.party.symbol;
  auto all = cells(on);
  const Cell& cell = all[ask.party.symbol];
  const auto worst_short = [&](std::int64_t more) {
    return std::max<std::int64_t>(-(cell.position - cell.sells - more), 0);
  };
  return worst_short(std::max<std::int64_t>(ask.quantity - ask.held, 0)) - worst_short(0);
}

std::int64_t Naive::reducible(const Ask& ask) const {
  Scope on{};
  on.account = ask.party.account;
  on.symbol = ask.party.symbol;
  auto all = cells(on);
  const Cell& cell = all[ask.party.symbol];
  return ask.held + (ask.side == Side::Sell ? cell.position - cell.sells : -cell.position - cell.buys);
}

bool Naive::refused_by_rule(Ask& ask) {
  const Instrument& of = instrument(ask.party.symbol);
  const Currency& currency = currencies_[of.currency];
  ask.reducible = reducible(ask);
  const Scope* on = latched(ask.party, State::ReduceOnly);
  const auto stale = [this](std::int64_t when) { return now_ - when > rules_.stale_after.ns; };
  const auto covered = [&](const Limit& limit) {
    return limit.kind == core::Kind::Exposure && limit.rule.action != Action::Alert && covers(limit, ask.party);
  };
  if (ask.quantity <= 0 || ask.total <= 0 || ask.total % of.rule.lot_size.raw != 0) refuse(Reason::BadQuantity);
  else if (!ask.market && (ask.price <= 0 || ask.price % of.rule.tick_size.raw != 0)) refuse(Reason::BadPrice);
  else if (ask.quantity <= ask.reducible) return false;
  else if (on != nullptr) refuse(Reason::ReduceOnly, on);
  else if (ask.reduce_only) refuse(Reason::ReduceOnly);
  else if (of.restricted) refuse(Reason::Restricted);
  else if (of.marked == 0) refuse(Reason::NoMark);
  else if (stale(of.marked) || (currency.marked && stale(currency.when))) refuse(Reason::StaleMark);
  else if (!has_rate(of)) refuse(Reason::NoFx);
  else if (std::none_of(limits_.begin(), limits_.end(), covered)) refuse(Reason::NoLimits);
  else if (rules_.locate_required && locate_needed(ask) > of.locate_units - of.locate_used) refuse(Reason::NoLocate);
  return verdict.has_value();
}

void Naive::message(const Party& party) { messages_.push_back({now_, party, Side::None, false, false, 0, 0, 0}); }

void Naive::enter(const Ask& ask, std::int64_t quantity) {
  const Instrument& of = instrument(ask.party.symbol);
  const int128 money = of.marked != 0 && has_rate(of) ? notional(ask, quantity) : 0;
  accepted_orders_.push_back({now_, ask.party, ask.side, ask.market, ask.replace, ask.quantity, ask.price, money});
}

// The limits' verdict: accepted, resized, or refused in the name of the first that objects.
void Naive::judge(const Ask& ask, Resize wish) {
  const std::vector<Objection> objecting = objections(ask, ask.quantity);
  verdict = core::Verdict{};
  verdict->decision = Decision::Accepted;
  verdict->quantity = {ask.total};
  if (objecting.empty()) return;
  const Objection& first = objecting.front();
  const Scope on = scope_of(limits_[first.limit], ask.party);
  refuse(first.reason, &on);
  verdict->limit = LimitIndex(first.limit + 1);
  verdict->value = first.value;
  const ValueKind kind = core::value_kind_of(limits_[first.limit].rule.metric);
  const int128 max = max_of(first.limit, on);
  verdict->max = kind == ValueKind::Fraction
                     ? Value::fraction(static_cast<double>(static_cast<long double>(max) / unit))
                     : Value::of(kind, max);
  bool curable = wish != Resize::Forbidden && !ask.replace;
  for (const Objection& one : objecting) {
    const Action action = limits_[one.limit].rule.action;
    curable = curable && (action == Action::Resize || (action == Action::Reject && wish == Resize::Allowed));
    if (one.value.kind != ValueKind::Null && (action == Action::Halt || action == Action::ReduceOnly))
      acting_.emplace_back(one.limit, scope_of(limits_[one.limit], ask.party));
  }
  if (!curable) return;
  const std::int64_t lot = instrument(ask.party.symbol).rule.lot_size.raw;
  for (std::int64_t smaller = ask.quantity - lot; smaller > 0; smaller -= lot) {
    if (!objections(ask, smaller).empty()) continue;
    verdict->decision = Decision::Resized;
    verdict->quantity = {smaller};
    return;
  }
}

void Naive::apply(const core::IntentEvent& intent) {
  Ask ask{known(intent),       intent.side,         intent.market,    false, intent.reduce_only,
          intent.quantity.raw, intent.quantity.raw, intent.price.raw, 0,     0};
  const std::string id(intent.id.view());
  message(ask.party);
  if (refused_by_gate(ask.party, intent.gate)) return;
  if (at(ask.party.account) == 0) return refuse(Reason::UnknownAccount);
  if (at(ask.party.strategy) == 0) return refuse(Reason::UnknownStrategy);
  if (at(ask.party.symbol) == 0) return refuse(Reason::UnknownSymbol);
  if (find(id, ask.party.client, session_).order != nullptr) return refuse(Reason::DuplicateId);
  if (refused_by_rule(ask)) return;
  judge(ask, intent.resize);
  if (verdict->decision == Decision::Rejected) return;
  const std::int64_t quantity = verdict->quantity.raw;
  Ask allowed = ask;
  allowed.quantity = quantity;
  Order order(ask.party, ask.side, quantity, ask.price);
  order.market = ask.market;
  order.reduce_only = ask.reduce_only;
  order.id = id;
  order.ids = {id};
  if (rules_.locate_required) {
    order.located = locate_needed(allowed);
    order.located_session = session_;
    instruments_[at(ask.party.symbol) - 1].locate_used += order.located;
  }
  enter(ask, quantity);
  rows_[{ask.party.account, ask.party.strategy, ask.party.symbol}];
  named_[id].insert(++accepted_);
  orders_.emplace(accepted_, order);
}

void Naive::apply(const core::ReplaceEvent& replace) {
  const Found found = find(std::string(replace.id.view()), replace.client, session_);
  Party party;
  party.client = replace.client;
  if (found.order != nullptr) party = found.order->party;
  message(party);
  if (refused_by_gate(party, replace.gate)) return;
  if (found.order == nullptr || found.order->done) return refuse(Reason::UnknownOrder);
  Order& order = *found.order;
  const std::string new_id(replace.new_id.view());
  if (order.waiting) return refuse(Reason::ReplacePending);
  if (find(new_id, party.client, session_).order != nullptr) return refuse(Reason::DuplicateId);
  Ask ask{party,
          order.side,
          replace.keep_price && order.market,
          true,
          order.reduce_only,
          replace.quantity.raw - order.filled,
          replace.quantity.raw,
          replace.keep_price ? order.price : replace.price.raw,
          order.reserved(),
          0};
  if (refused_by_rule(ask)) return;
  judge(ask, Resize::Forbidden);
  if (verdict->decision == Decision::Rejected) return;
  if (rules_.locate_required) {
    const std::int64_t needed = locate_needed(ask);
    if (order.located_session != session_) order.located = 0, order.located_session = session_;
    order.located += needed;
    instruments_[at(party.symbol) - 1].locate_used += needed;
  }
  enter(ask, ask.quantity);
  order.ids.insert(new_id);
  for (const auto& [number, one] : orders_) {
    if (&one == &order) named_[new_id].insert(number);
  }
  order.waiting = Order::Waiting{new_id, replace.quantity.raw, ask.price, ask.market};
}

// An order of which nothing is left is done; it keeps its ids until the session after.
void Naive::settle(Order& order) {
  if (!order.done && order.reserved() != 0) return;
  if (!order.done) order.done_session = session_;
  order.done = true;
  order.waiting.reset();
  const auto place =
      std::find_if(orders_.begin(), orders_.end(), [&](const auto& entry) { return &entry.second == &order; });
  if (place != orders_.end()) done_.insert(orders_.extract(place));
}

void Naive::ack(const core::OrderEvent& ack) {
  Order& order = *find(std::string(ack.id.view()), ack.client, session_).order;
  if (!order.waiting || order.waiting->id != ack.id.view()) return;
  order.id = order.waiting->id;
  order.quantity = order.waiting->quantity;
  order.price = order.waiting->price;
  order.market = order.waiting->market;
  order.waiting.reset();
  settle(order);
}

void Naive::done(const core::OrderEvent& done) {
  const std::string id(done.id.view());
  Order& order = *find(id, done.client, session_).order;
  if (order.done) return;
  if (done.why == DoneWhy::Rejected && order.withdrawn.contains(id)) return;
  if (done.why == DoneWhy::Rejected && order.waiting && order.waiting->id == id) {
    order.waiting.reset();
    order.withdrawn.insert(id);
    return settle(order);
  }
  if (rules_.locate_required && order.located_session == session_)
    instruments_[at(order.party.symbol) - 1].locate_used -= std::min(order.reserved(), order.located);
  order.done = true;
  order.done_session = session_;
  settle(order);
}

// Rule 9: what adds adds its cost; what takes away releases its share of it and realises the rest.
void Naive::book(const Order& order, const core::FillEvent& fill) {
  Row& row = rows_[{order.party.account, order.party.strategy, order.party.symbol}];
  const Instrument& of = instrument(order.party.symbol);
  const auto worth = [&](int128 units) { return round8(round8(units, fill.price.raw), of.rule.multiplier); };
  const std::int64_t signed_quantity = order.side == Side::Buy ? fill.quantity.raw : -fill.quantity.raw;
  const std::int64_t size = std::abs(row.position);
  const bool against = row.position != 0 && (row.position > 0) != (signed_quantity > 0);
  const std::int64_t closed = against ? std::min(size, fill.quantity.raw) : 0;
  if (closed != 0) {
    const int128 released = closed == size ? row.cost : rounded_quotient(row.cost * closed, size);
    row.realised += row.position > 0 ? worth(closed) - released : released - worth(closed);
    row.cost -= released;
  }
  if (fill.quantity.raw != closed) row.cost += worth(fill.quantity.raw - closed);
  row.position += signed_quantity;
  row.fees += core::join(fill.fee_low, fill.fee_high);
}

void Naive::apply(const core::FillEvent& fill) {
  const std::string id(fill.id.view()), exec(fill.exec_id.view());
  const Found found = find(id, fill.client, session_);
  if (found.order == nullptr) {
    const Party party{fill.symbol, instrument(fill.symbol).sector, fill.account, fill.strategy, fill.client};
    Order order(party, fill.side, 0, 0);
    order.done = true;
    order.filled = fill.quantity.raw;
    order.id = id;
    order.ids = {id};
    order.execs = {exec};
    order.done_session = session_;
    book(order, fill);
    named_[id].insert(++accepted_);
    done_.emplace(accepted_, order);
    return ask_for_excess(party);
  }
  Order& order = *found.order;
  if (!order.execs.insert(exec).second) return;
  if (order.waiting && order.waiting->id == id) {
    order.quantity = order.waiting->quantity;
    order.price = order.waiting->price;
    order.market = order.waiting->market;
    order.id = id;
    order.waiting.reset();
  }
  order.filled += fill.quantity.raw;
  book(order, fill);
  const Party party = order.party;
  settle(order);
  ask_for_excess(party);
}

// Rule 24: the newest of the orders sent with reduce_only go until the rest is no more than the position.
void Naive::ask_for_excess(const Party& party) {
  Scope on{};
  on.account = party.account;
  on.symbol = party.symbol;
  auto all = cells(on);
  const std::int64_t position = all[party.symbol].position;
  for (const Side side : {Side::Buy, Side::Sell}) {
    const std::int64_t against = std::max<std::int64_t>(side == Side::Sell ? position : -position, 0);
    const auto counts = [&](const Order& order) {
      return within(on, order.party) && order.side == side && order.reduce_only && !order.asked;
    };
    std::int64_t resting = 0;
    for (const auto& [number, order] : orders_) resting += counts(order) ? order.reserved() : 0;
    for (auto next = orders_.rbegin(); next != orders_.rend() && resting > against; ++next) {
      Order& order = next->second;
      if (!counts(order)) continue;
      order.asked = true;
      resting -= order.reserved();
      asked.push_back(order.id);
    }
  }
}

}  // namespace bulwark::naive
