// SPDX-License-Identifier: Apache-2.0
// Intents and replaces: the reasons to refuse them in their order (contract, rule 1), then the limits, then what
// acceptance reserves.
#include "core/engine.h"

namespace bulwark::core {

// Decides; what was accepted is taken into the book by accept(), when this event is concluded.
void Engine::apply_intent(const IntentEvent& intent) {
  has_verdict_ = true;
  Candidate& candidate = accepted_.candidate;
  candidate = Candidate{};
  verdict_party_ = candidate.party = known_party(intent);
  candidate.side = intent.side;
  candidate.market = intent.market;
  candidate.reduce_only = intent.reduce_only;
  candidate.quantity = candidate.total = intent.quantity.raw;
  candidate.price = intent.price.raw;
  complete(candidate);
  const TextIndex::Probe id = orders_.probe(intent.id, candidate.party.client);
  orders_.prefetch(id);
  count_message(candidate.party);
  Refusal refusal = refused_by_gate(candidate.party, intent.gate);
  if (refusal.reason == Reason::None) refusal.reason = unknown_name(candidate.party);
  if (refusal.reason != Reason::None) return refuse(refusal);
  refusal = refused_by_rule(candidate);
  Judge judge(*this, candidate);
  const bool objected = refusal.reason == Reason::None && !judge.objections(candidate.quantity).empty();
  // A taken id comes before rules and limits, but is looked at behind them: until then its place has been fetched.
  const bool taken = orders_.find(id, orders_.session()).order != 0;
  if (taken) refusal = {Reason::DuplicateId};
  if (refusal.reason != Reason::None) return refuse(refusal);
  if (objected) {
    refuse_by_limits(judge, intent.resize);
  } else {
    verdict_ = Verdict{};
    verdict_.decision = Decision::Accepted;
    verdict_.quantity = intent.quantity;
  }
  if (verdict_.decision == Decision::Rejected) return;
  accepted_.pending = true;
  accepted_.id = id;
  accepted_.turnover = judge.turnover(verdict_.quantity.raw);
}

// What follows from whom the candidate belongs to: its row, its symbol, how much of it would only reduce (rule 3).
void Engine::complete(Candidate& candidate) const {
  const Party& party = candidate.party;
  candidate.row = book_.row_index(party.account, party.strategy, party.symbol);
  candidate.symbol = &market_.symbols[at(party.symbol)];
  const Cell& cell = book_.cell(View::Account, at(party.account), party.symbol);
  candidate.reducible = candidate.held + (candidate.side == Side::Sell ? cell.position - cell.working_sell
                                                                       : -cell.position - cell.working_buy);
}

void Engine::count_message(const Party& party) {
  if (!limits_.message_rates.empty()) flow_.message(FlowEntry::of(now_, party), limits_);
}

Refusal Engine::refused_by_gate(const Party& party, Gate gate) const {
  if (gate == Gate::JournalFull || !orders_.room_for_order()) return {Reason::JournalFull};
  if (gate == Gate::LeaseExpired) return {Reason::LeaseExpired};
  if (gate != Gate::Open) return {Reason::Halted, true, Scope{}};
  if (const Latch* latch = latched(party, State::Halted)) return {Reason::Halted, true, latch->on};
  return {};
}

const Latch* Engine::latched(const Party& party, State state) const {
  if (latches_.empty()) return nullptr;
  for (const Latch& latch : latches_) {
    if (latch.state == state && within(latch.on, party)) return &latch;
  }
  return nullptr;
}

// An index that stands for nothing is nobody: whoever wrote it need not be trusted.
Party Engine::known_party(const IntentEvent& intent) const {
  const auto known = [](auto index, std::size_t count) { return at(index) < count ? index : decltype(index)::None; };
  const SymbolIndex symbol = known(intent.symbol, book_.symbol_count);
  return {symbol, market_.symbols[at(symbol)].sector, known(intent.account, book_.account_count),
          known(intent.strategy, book_.strategy_count), known(intent.client, capacity_.clients)};
}

Reason Engine::unknown_name(const Party& party) const {
  if (at(party.account) == 0) return Reason::UnknownAccount;
  if (at(party.strategy) == 0) return Reason::UnknownStrategy;
  return market_.symbols[at(party.symbol)].known ? Reason::None : Reason::UnknownSymbol;
}

// From the order's own numbers to the locate: everything between the ids and the limits.
Refusal Engine::refused_by_rule(const Candidate& candidate) const {
  const Symbol& symbol = *candidate.symbol;
  const Cell& cell = book_.cell(View::Account, at(candidate.party.account), candidate.party.symbol);
  const std::int64_t working = candidate.side == Side::Buy ? cell.working_buy : cell.working_sell;
  if (candidate.quantity <= 0 || candidate.total <= 0 || candidate.total % symbol.lot_size != 0 ||
      working + candidate.quantity > position_raw_max) {
    return {Reason::BadQuantity};
  }
  if (!candidate.market && (candidate.price <= 0 || candidate.price % symbol.tick_size != 0)) return {Reason::BadPrice};
  if (candidate.reduces(candidate.quantity)) return {};
  if (const Latch* latch = latched(candidate.party, State::ReduceOnly)) return {Reason::ReduceOnly, true, latch->on};
  if (candidate.reduce_only) return {Reason::ReduceOnly};
  if (symbol.restricted) return {Reason::Restricted};
  if (!symbol.has_mark) return {Reason::NoMark};
  if (market_.stale(symbol.marked, now_) || market_.rate_stale(symbol, now_)) return {Reason::StaleMark};
  if (!symbol.has_rate) return {Reason::NoFx};
  if (!limits_.list(candidate.row).covered) return {Reason::NoLimits};
  if (market_.locate_required &&
      locate_needed(candidate, candidate.quantity) > symbol.locate_units - symbol.locate_used) {
    return {Reason::NoLocate};
  }
  return {};
}

void Engine::refuse(const Refusal& refusal) {
  verdict_ = Verdict{};
  verdict_.decision = Decision::Rejected;
  verdict_.reason = refusal.reason;
  verdict_.has_on = refusal.has_on;
  verdict_.on = refusal.on;
}

Objection Engine::objection(const Judge& judge, std::uint32_t position, const Value& value) const {
  const CompiledLimit& limit = limits_.all[position];
  const Party& party = judge.candidate().party;
  const std::size_t slot = limit.slot_of(party);
  Scope on = limits_.slots[slot].on;
  if (limit.metric == Metric::RepeatedExecution) on.strategy = party.strategy, on.symbol = party.symbol;
  return {limit.index, on, value, shown_max(position, slot)};
}

// The verdict names the first limit that objects, as it judged the quantity that was asked for; each one acts.
void Engine::refuse_by_limits(Judge& judge, Resize wish) {
  const std::uint32_t first = objecting_.front();
  verdict_ = Verdict{};
  verdict_.decision = Decision::Rejected;
  verdict_.has_on = true;
  verdict_shrinking_ = shrinking(first, limits_.slots[limits_.all[first].slot_of(judge.candidate().party)].on);
  bool curable = wish != Resize::Forbidden && !judge.candidate().replace;
  objections_.clear();
  for (const std::uint32_t k : objecting_) {
    const CompiledLimit& limit = limits_.all[k];
    const Judge::Finding finding = judge.finding(k);
    if (k == first) verdict_.reason = finding.reason;
    objections_.push_back(objection(judge, k, finding.value));
    const bool resizes = limit.action == Action::Resize || (wish == Resize::Allowed && limit.action == Action::Reject);
    curable = curable && resizes;
    // A breach of these is no order's: a fill, or whatever event carried them over max, has set them off.
    const bool by_order = limit.metric != Metric::RepeatedExecution && limit.kind != Kind::Breaker;
    const bool acts = limit.action == Action::Halt || limit.action == Action::ReduceOnly ||
                      limit.action == Action::Liquidate ||
                      (limit.action == Action::Scale && limit.kind >= Kind::Exposure);
    if (by_order && acts && finding.value.kind != ValueKind::Null) {
      acting_.push_back({k, static_cast<std::uint32_t>(limit.slot_of(judge.candidate().party))});
    }
  }
  const Objection& named = objections_.front();
  verdict_.limit = named.limit;
  verdict_.on = named.on;
  verdict_.value = named.value;
  verdict_.max = named.max;
  if (!curable) return;
  const Candidate& candidate = judge.candidate();
  const std::int64_t quantity = largest_passing(candidate, candidate.quantity - candidate.symbol->lot_size,
                                                [&](std::int64_t smaller) { return judge.passes(smaller); });
  if (quantity == 0) return;
  verdict_.decision = Decision::Resized;
  verdict_.quantity = {quantity};
}

std::span<const Objection> Engine::objections() const {
  if (!has_verdict_ || verdict_.limit == LimitIndex::None) return {};
  return objections_;
}

// A verdict changes no mark, so that this is what it was given by.
Basis Engine::basis() const {
  const Symbol& symbol = market_.symbols[at(verdict_party_.symbol)];
  return {symbol.reference, symbol.marked, risk_.model().version()};
}

// What a sale adds to the account's worst-case short, beyond what the order holds already.
std::int64_t Engine::locate_needed(const Candidate& candidate, std::int64_t quantity) const {
  if (candidate.side != Side::Sell) return 0;
  const Cell& cell = book_.cell(View::Account, at(candidate.party.account), candidate.party.symbol);
  const std::int64_t added = Order::above_zero(quantity - candidate.held);
  return Order::above_zero(added - cell.shortest()) - Order::above_zero(-cell.shortest());
}

void Engine::take_locate(const Candidate& candidate, std::int64_t quantity, Order& order) {
  if (!market_.locate_required) return;
  const std::int64_t needed = locate_needed(candidate, quantity);
  market_.symbols[at(candidate.party.symbol)].locate_used += needed;
  if (order.located_session != orders_.session()) order.located = 0, order.located_session = orders_.session();
  order.located += needed;
}

void Engine::enter_flow(const Candidate& candidate, int128 notional) {
  flow_.order({now_, Keys::of(candidate.party), candidate.side, candidate.market, candidate.replace, candidate.quantity,
               candidate.price, notional},
              limits_);
}

void Engine::count_open(const Order& order, int sign) {
  const Keys keys = Keys::of(party_of(order));
  for (const std::uint32_t k : limits_.open_orders) {
    const std::size_t slot = limits_.all[k].slot_if_covers(keys);
    if (slot == CompiledLimit::no_slot) continue;
    limits_.slots[slot].amount += sign * unit;
    if (sign > 0) limits_.take_room(slot, 1);
  }
}

void Engine::accept(const Acceptance& accepted) {
  const Candidate& candidate = accepted.candidate;
  const std::int64_t quantity = verdict_.quantity.raw;
  const OrderIndex index = orders_.add(accepted.id);
  Order& order = orders_[index];
  order.account = candidate.party.account;
  order.strategy = candidate.party.strategy;
  order.symbol = candidate.party.symbol;
  order.side = candidate.side;
  order.market = candidate.market;
  order.reduce_only = candidate.reduce_only;
  order.quantity = quantity;
  order.price = candidate.price;
  take_locate(candidate, quantity, order);
  enter_flow(candidate, accepted.turnover);
  link(index);
  const bool was_live = book_.rows[candidate.row].live;
  book_.wake(candidate.row, market_);
  book_.change_working({order.account, order.strategy, order.symbol}, order.side, quantity, market_);
  count_open(order, 1);
  orders_.prefetch_next();
  flow_.prefetch_next();
  if (was_live && quantity == candidate.quantity) touch_crossing(candidate.row);
  else touch_row(candidate.row);
}

void Engine::apply_replace(const ReplaceEvent& replace) {
  has_verdict_ = true;
  const Orders::Found found = orders_.find(replace.id, replace.client, orders_.session());
  const bool known = found.order != 0;
  const Order none{};
  const Order& order = known ? orders_[found.order] : none;
  const Party party =
      known ? party_of(order)
            : Party{SymbolIndex::None, SectorIndex::None, AccountIndex::None, StrategyIndex::None, replace.client};
  verdict_party_ = party;
  count_message(party);
  Candidate candidate{};
  candidate.party = party;
  candidate.side = order.side;
  candidate.market = replace.keep_price && order.market;
  candidate.replace = true;
  candidate.reduce_only = order.reduce_only;
  candidate.total = replace.quantity.raw;
  candidate.quantity = candidate.total - order.filled;
  candidate.price = replace.keep_price ? order.price : replace.price.raw;
  candidate.held = order.reserved();
  Refusal refusal = refused_by_gate(party, replace.gate);
  if (refusal.reason == Reason::None) {
    const auto taken = [&] { return orders_.find(replace.new_id, order.client, orders_.session()).order != 0; };
    if (!known || order.done) refusal.reason = Reason::UnknownOrder;
    else if (order.waiting) refusal.reason = Reason::ReplacePending;
    else if (taken()) refusal.reason = Reason::DuplicateId;
  }
  if (refusal.reason == Reason::None) {
    complete(candidate);
    refusal = refused_by_rule(candidate);
  }
  if (refusal.reason != Reason::None) return refuse(refusal);
  Judge judge(*this, candidate);
  if (!judge.objections(candidate.quantity).empty()) return refuse_by_limits(judge, Resize::Forbidden);
  verdict_ = Verdict{};
  verdict_.decision = Decision::Accepted;
  verdict_.quantity = replace.quantity;
  accept(judge, replace, found.order);
}

void Engine::accept(const Judge& judge, const ReplaceEvent& replace, OrderIndex index) {
  const Candidate& candidate = judge.candidate();
  Order& order = orders_[index];
  take_locate(candidate, candidate.quantity, order);
  enter_flow(candidate, judge.turnover(candidate.quantity));
  order.waiting = true;
  order.waiting_quantity = replace.quantity.raw;
  order.waiting_price = candidate.price;
  order.waiting_market = candidate.market;
  order.waiting_id = orders_.name(index, orders_.probe(replace.new_id, order.client));
  book_.change_working({order.account, order.strategy, order.symbol}, order.side, order.reserved() - candidate.held,
                       market_);
  touch_row(candidate.row);
}

}  // namespace bulwark::core
