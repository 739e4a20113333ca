// SPDX-License-Identifier: Apache-2.0
#include "core/judge.h"

#include "core/engine.h"

namespace bulwark::core {

Judge::Judge(Engine& engine, const Candidate& candidate)
    : engine_(engine),
      candidate_(candidate),
      unvalued_(!candidate.symbol->has_mark   ? Reason::NoMark
                : !candidate.symbol->has_rate ? Reason::NoFx
                                              : Reason::None) {}

// The symbol's cells as they would be with this quantity working: what every exposure limit starts from.
void Judge::look_ahead(std::int64_t quantity) {
  quantity_ = quantity;
  reduces_ = candidate_.reduces(quantity);
  const std::int64_t added = quantity > candidate_.held ? quantity - candidate_.held : 0;
  const std::uint8_t views = engine_.limits_.list(candidate_.row).views;
  const Symbol& symbol = *candidate_.symbol;
  for (std::size_t v = 0; v < view_count; ++v) {
    if ((views & 1U << v) == 0) continue;
    const View view = static_cast<View>(v);
    const std::size_t group = engine_.book_.group(view, candidate_.party.account, candidate_.party.strategy);
    const Cell& cell = engine_.book_.cell(view, group, candidate_.party.symbol);
    Ahead& ahead = ahead_[v];
    ahead.cell = &cell;
    ahead.group = group;
    ahead.longest = cell.longest();
    ahead.shortest = cell.shortest();
    ahead.now = Worth::of(cell);
    int128 longest_value = cell.longest_value, shortest_value = cell.shortest_value;
    if (candidate_.side == Side::Buy) {
      ahead.longest += added;
      if (symbol.valued()) longest_value = symbol.value(ahead.longest);
    } else {
      ahead.shortest -= added;
      if (symbol.valued()) shortest_value = symbol.value(ahead.shortest);
    }
    ahead.moved = Worth::of(longest_value, shortest_value) - ahead.now;
  }
}

bool Judge::passes(std::int64_t quantity) {
  look_ahead(quantity);
  const Limits& limits = engine_.limits_;
  const Limits::List& list = limits.list(candidate_.row);
  engine_.crossing_.clear();
  for (std::uint32_t k = list.begin; k < list.end; ++k) {
    if (objects(limits.lists[k])) return false;
  }
  return true;
}

std::span<const std::uint32_t> Judge::objections(std::int64_t quantity) {
  look_ahead(quantity);
  const Limits& limits = engine_.limits_;
  const Limits::List& list = limits.list(candidate_.row);
  engine_.objecting_.clear();
  engine_.crossing_.clear();
  for (std::uint32_t k = list.begin; k < list.end; ++k) {
    if (objects(limits.lists[k])) engine_.objecting_.push_back(limits.lists[k]);
  }
  return engine_.objecting_;
}

bool Judge::objects(std::uint32_t position) {
  const CompiledLimit& limit = engine_.limits_.all[position];
  const bool exposure = limit.kind == Kind::Exposure;
  if (!exposure) {
    if (limit.action == Action::Alert) return false;
    if (reduces_ && limit.kind != Kind::Order) return false;
    if (at(limit.named.client) != 0 && limit.named.client != candidate_.party.client) return false;
    if (candidate_.replace && (limit.metric == Metric::Duplicate || limit.metric == Metric::OpenOrders)) return false;
  }
  const std::size_t place = limit.slot_of(candidate_.party);
  const Slot& slot = engine_.limits_.slots[place];
  const Measure m = measure(limit, slot);
  if (exposure) {
    if (m.cannot != Reason::None || slot.warned || slot.breached ||
        Engine::reaches_warning(limit, {m.value, m.divisor, true}, slot)) {
      engine_.crossing_.push_back({position, static_cast<std::uint32_t>(place)});
    }
    if (limit.action == Action::Alert) return false;
  }
  if (m.cannot != Reason::None) return !reduces_;
  const bool fraction = limit.value_kind == ValueKind::Fraction, divides = !fraction || m.divisor > 0;
  if (divides && !Engine::above(limit, {m.value, m.divisor, true}, slot.max)) [[likely]]
    return false;
  if (exposure && m.value <= m.before) return false;
  return divides || !reduces_;
}

Judge::Measure Judge::measure(const CompiledLimit& limit, const Slot& slot) {
  switch (limit.kind) {
    case Kind::Order: return measure_order(limit);
    case Kind::Flow: return measure_flow(limit, slot);
    case Kind::Exposure: return measure_exposure(limit);
    case Kind::State: return measure_state(limit, slot);
  }
  return {0, 0, 0, Reason::Limit};
}

// A market order is taken at the reference moved to its disadvantage (rule 20).
std::int64_t Judge::order_price() const {
  if (!candidate_.market) return candidate_.price;
  const std::int64_t slippage = engine_.market_.slippage;
  const std::int64_t share = candidate_.side == Side::Buy ? unit + slippage : unit - slippage;
  return static_cast<std::int64_t>(round8(candidate_.symbol->reference.raw, share));
}

int128 Judge::notional(std::int64_t quantity) const {
  const std::int64_t price = order_price(), reference = candidate_.symbol->reference.raw;
  return candidate_.symbol->value(quantity, price > reference ? price : reference);
}

Judge::Measure Judge::measure_order(const CompiledLimit& limit) {
  const Symbol& symbol = *candidate_.symbol;
  switch (limit.metric) {
    case Metric::OrderQuantity: return {quantity_, 0, 0, Reason::None};
    case Metric::OrderNotional:
      return unvalued_ == Reason::None ? Measure{notional(quantity_), 0, 0, Reason::None} : Measure{0, 0, 0, unvalued_};
    case Metric::AdvShare: return {quantity_, 0, symbol.adv, symbol.adv > 0 ? Reason::None : Reason::Limit};
    case Metric::PriceCollar: {
      if (!symbol.has_mark) return {0, 0, 0, Reason::NoMark};
      const std::int64_t beyond = order_price() - symbol.reference.raw;
      return {positive(candidate_.side == Side::Buy ? beyond : -beyond), 0, symbol.reference.raw, Reason::None};
    }
    default: return {self_trades() * unit, 0, 0, Reason::None};
  }
}

int128 Judge::self_trades() const {
  int128 count = 0;
  const Orders& orders = engine_.orders_;
  const std::size_t list = at(candidate_.party.account) * engine_.book_.symbol_count + at(candidate_.party.symbol);
  const auto meets = [this](bool market, std::int64_t price) {
    if (market || candidate_.market) return true;
    return candidate_.side == Side::Buy ? price <= candidate_.price : price >= candidate_.price;
  };
  for (OrderIndex k = engine_.working_[list].first; k != 0; k = orders[k].next) {
    const Order& order = orders[k];
    if (order.side == candidate_.side) continue;
    if (meets(order.market, order.price) || (order.waiting && meets(order.waiting_market, order.waiting_price)))
      ++count;
  }
  return count;
}

Judge::Measure Judge::measure_flow(const CompiledLimit& limit, const Slot& slot) {
  if (needs_window(limit.metric)) engine_.flow_.advance(limit, engine_.now_, engine_.limits_);
  if (slot.blind_until.ns > engine_.now_.ns) return {0, 0, 0, Reason::Limit};
  switch (limit.metric) {
    case Metric::MessageRate: return {slot.amount, 0, 0, Reason::None};  // has been counted already
    case Metric::Turnover: return {slot.amount + notional(quantity_), 0, 0, Reason::None};
    case Metric::Duplicate: {
      const FlowEntry entry{engine_.now_, candidate_.party,    candidate_.side,  candidate_.market,
                            false,        candidate_.quantity, candidate_.price, 0};
      return {(engine_.flow_.duplicates(limit, entry) + int128{1}) * unit, 0, 0, Reason::None};
    }
    case Metric::OpenOrders: return {slot.amount + unit, 0, 0, Reason::None};
    default: return {slot.amount + unit, 0, 0, Reason::None};
  }
}

Judge::Measure Judge::measure_exposure(const CompiledLimit& limit) {
  const Ahead& ahead = ahead_[at(limit.view)];
  const Cell& cell = *ahead.cell;
  if (limit.metric == Metric::Position) {
    const int128 before = larger(magnitude(cell.longest()), magnitude(cell.shortest()));
    return {larger(magnitude(ahead.longest), magnitude(ahead.shortest)), before, 0, Reason::None};
  }
  const Worth& base =
      limit.reach == Reach::Symbol ? ahead.now : engine_.total_of(limit, ahead.group, candidate_.party.sector).worth;
  if (unvalued_ != Reason::None || !base.known()) [[unlikely]] {
    const bool no_mark = unvalued_ == Reason::NoMark || base.no_mark != 0;
    return {0, 0, 0, no_mark ? Reason::NoMark : Reason::NoFx};
  }
  const auto moved = [](int128 before, int128 by) { return Measure{before + by, before, 0, Reason::None}; };
  switch (limit.metric) {
    case Metric::Long: return moved(base.long_value, ahead.moved.long_value);
    case Metric::Short: return moved(base.short_value, ahead.moved.short_value);
    case Metric::Net: {
      const int128 longest = base.longest_sum + ahead.moved.longest_sum;
      const int128 shortest = base.shortest_sum + ahead.moved.shortest_sum;
      return {larger(magnitude(longest), magnitude(shortest)), base.net(), 0, Reason::None};
    }
    case Metric::Gross: return moved(base.gross, ahead.moved.gross);
    default: {
      Measure gross = moved(base.gross, ahead.moved.gross);
      gross.divisor = engine_.divisor(limit.each_account ? candidate_.party.account : limit.named.account);
      return gross;
    }
  }
}

// Limits on the state refuse while they are above their max, whatever the order.
Judge::Measure Judge::measure_state(const CompiledLimit& limit, const Slot& slot) {
  const Engine::Level level = engine_.level(limit, slot);
  return {level.value, 0, level.divisor, level.known ? Reason::None : Reason::Limit};
}

Judge::Finding Judge::finding(std::uint32_t position) {
  const CompiledLimit& limit = engine_.limits_.all[position];
  const Measure m = measure(limit, engine_.limits_.slots[limit.slot_of(candidate_.party)]);
  const ValueKind kind = limit.value_kind;
  if (m.cannot == Reason::NoMark || m.cannot == Reason::NoFx) return {m.cannot, Value{ValueKind::Null, {}, 0, 0}};
  if (m.cannot != Reason::None || (kind == ValueKind::Fraction && m.divisor <= 0)) {
    return {Reason::Limit, Value{ValueKind::Null, {}, 0, 0}};
  }
  if (kind != ValueKind::Fraction) return {Reason::Limit, Value::of(kind, m.value)};
  return {Reason::Limit, Value::fraction(quotient(m.value, m.divisor))};
}

}  // namespace bulwark::core
