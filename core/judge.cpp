// SPDX-License-Identifier: Apache-2.0
#include "core/judge.h"

#include "core/engine.h"

namespace bulwark::core {

Judge::Judge(Engine& engine, const Candidate& candidate)
    : engine_(engine),
      candidate_(candidate),
      limits_(engine.limits_.all.data()),
      slots_(engine.limits_.slots.data()),
      keys_{0,
            static_cast<std::uint32_t>(candidate.party.symbol),
            static_cast<std::uint32_t>(candidate.party.sector),
            static_cast<std::uint32_t>(candidate.party.account),
            static_cast<std::uint32_t>(candidate.party.strategy),
            static_cast<std::uint32_t>(candidate.party.client)},
      unvalued_(!candidate.symbol->has_mark   ? Reason::NoMark
                : !candidate.symbol->has_rate ? Reason::NoFx
                                              : Reason::None) {}

// How far a price is on the aggressive side, as a share of the reference, rounded up: with a max of 8 decimals that
// compares as the share itself does. INT64_MAX where it takes more than 64 bits.
static std::int64_t share_beyond(std::int64_t beyond, std::int64_t reference) {
  if (beyond <= 0) return 0;
  if (beyond > INT64_MAX / unit - 1) return INT64_MAX;
  return (beyond * unit - 1) / reference + 1;
}

void Judge::begin(std::int64_t quantity) {
  quantity_ = quantity;
  reduces_ = candidate_.reduces(quantity);
  looked_ahead_ = false;
  added_ = quantity > candidate_.held ? quantity - candidate_.held : 0;
  engine_.flow_.advance(engine_.now_, engine_.limits_);
  std::int64_t added_money = INT64_MAX, asked_money = INT64_MAX, collar = INT64_MAX;
  if (unvalued_ == Reason::None) {
    // Values are rounded before and after they are scaled (2^25 is a third of a unit): that of a sum may be a little
    // larger than the sum of the values.
    const Symbol& symbol = *candidate_.symbol;
    const int128 value = symbol.value(added_), value_max = value + (symbol.unit_scale >> 25) + 4;
    if (value_max < INT64_MAX) added_money = static_cast<std::int64_t>(value_max);
    const std::int64_t price = order_price(), reference = symbol.reference.raw;
    collar = share_beyond(candidate_.side == Side::Buy ? price - reference : reference - price, reference);
    const bool at_reference = price <= reference && added_ == quantity;
    notional_ = at_reference ? value : notional(quantity);
    if (notional_ < INT64_MAX) asked_money = static_cast<std::int64_t>(notional_);
  }
  asked_ = {{{candidate_.sized ? 1 : 0, 0},
             {1, 0},
             {quantity, 0},
             {collar, 0},
             {asked_money, 0},
             {added_, added_},
             {added_money, added_money}}};
}

// The symbol's cells as they would be with this quantity working: what every exposure limit starts from.
void Judge::look_ahead() {
  looked_ahead_ = true;
  engine_.book_.settle(engine_.market_);
  // A size is also held against what the account has.
  const unsigned views = engine_.limits_.list(candidate_.row).views | (candidate_.sized ? 1U << at(View::Account) : 0U);
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
      ahead.longest += added_;
      if (symbol.valued()) longest_value = symbol.value(ahead.longest);
    } else {
      ahead.shortest -= added_;
      if (symbol.valued()) shortest_value = symbol.value(ahead.shortest);
    }
    ahead.moved = Worth::of(longest_value, shortest_value) - ahead.now;
  }
}

// True: a limit objects. To the end: every one that does is in the engine's list. Nearly every limit has room left for
// nearly every order: what that takes stands here, the rest out of the way.
bool Judge::walk(std::int64_t quantity, bool to_the_end) {
  begin(quantity);
  const Limits::List& list = engine_.limits_.list(candidate_.row);
  const Limits::Step* steps = engine_.limits_.steps.data();
  std::int64_t* rooms = engine_.limits_.rooms.data();
  std::vector<std::uint32_t>& objecting = engine_.objecting_;
  objecting.clear();
  engine_.crossing_.clear();
  for (const Limits::Step* step = steps + list.begin; step != steps + list.end; ++step) {
    const std::size_t slot = slot_of(*step);
    const Asked& asked = asked_[static_cast<std::size_t>(step->asks)];
    if (rooms[slot] >= asked.room) [[likely]] {
      rooms[slot] -= asked.takes;  // also where the order is refused in the end: then the limit is looked at sooner
      continue;
    }
    if (!objects(step->limit, slot)) continue;
    objecting.push_back(step->limit);
    if (!to_the_end) return true;
  }
  return !objecting.empty();
}

bool Judge::passes(std::int64_t quantity) { return !walk(quantity, false); }

std::span<const std::uint32_t> Judge::objections(std::int64_t quantity) {
  walk(quantity, true);
  return engine_.objecting_;
}

// Does a limit that nobody configured let this quantity pass? What a size is held against besides the limits.
bool Judge::keeps(const CompiledLimit& limit, const Slot& slot, std::int64_t quantity) {
  begin(quantity);
  if (reduces_) return true;
  if (limit.kind == Kind::Model) return !raises_above(limit, slot);
  return !is_above(limit, slot, measure_exposure(limit));
}

[[gnu::noinline]] bool Judge::objects(std::uint32_t position, std::size_t place) {
  const CompiledLimit& limit = limits_[position];
  const Slot& slot = slots_[place];
  if (limit.kind == Kind::Exposure) return exposure_objects(position, place);
  if (!concerns(limit)) return false;
  if (limit.kind == Kind::Model) return raises_above(limit, slot);
  if (limit.metric == Metric::RepeatedExecution) return repeated(limit) != 0;
  const Measure m = measure(limit, slot);
  // A state limit or breaker that scales refuses only where it cannot be evaluated.
  if (limit.action == Action::Scale && limit.kind >= Kind::State) return m.cannot != Reason::None && !reduces_;
  if (is_above(limit, slot, m)) return true;
  if (limit.kind == Kind::Flow && m.cannot == Reason::None) give_room(limit, place);
  return false;
}

// After a look at a count that has room left.
void Judge::give_room(const CompiledLimit& limit, std::size_t place) {
  const Slot& slot = slots_[place];
  const int128 left = slot.max - slot.amount;
  std::int64_t& room = engine_.limits_.rooms[place];
  if (limit.metric == Metric::Turnover) room = Limits::room_of(left);
  else if (limit.metric != Metric::Duplicate && limit.metric != Metric::RepeatedExecution)
    room = Limits::room_of(left / unit);
}

bool Judge::exposure_objects(std::uint32_t position, std::size_t place) {
  const CompiledLimit& limit = limits_[position];
  const Slot& slot = slots_[place];
  const Measure m = measure_exposure(limit);
  const Level after{m.value, m.divisor, m.cannot == Reason::None};
  if (after.known && !slot.told() && !reaches_warning(limit, after, slot)) {
    // One that is not live nobody reviews.
    if (slot.live) engine_.limits_.rooms[place] = core::room(limit, after, slot);
    return false;
  }
  engine_.crossing_.push_back({position, static_cast<std::uint32_t>(place)});
  return limit.action != Action::Alert && is_above(limit, slot, m);
}

// Limits on orders, flow and state may leave an order alone altogether.
bool Judge::concerns(const CompiledLimit& limit) const {
  if (limit.action == Action::Alert) return false;
  if (reduces_ && limit.kind != Kind::Order) return false;
  if (at(limit.named.client) != 0 && limit.named.client != candidate_.party.client) return false;
  if (candidate_.sized && limit.each_client && at(candidate_.party.client) == 0) return false;
  return !candidate_.replace || (limit.metric != Metric::Duplicate && limit.metric != Metric::OpenOrders);
}

bool Judge::is_above(const CompiledLimit& limit, const Slot& slot, const Measure& m) const {
  if (m.cannot != Reason::None) return !reduces_;
  const bool divides = limit.value_kind != ValueKind::Fraction || m.divisor > 0;
  if (divides && !above(limit, {m.value, m.divisor, true}, slot.max)) return false;
  if (limit.kind == Kind::Exposure && m.value <= exposure_before(limit)) return false;
  return divides || !reduces_;
}

Judge::Measure Judge::measure(const CompiledLimit& limit, const Slot& slot) {
  const Symbol& symbol = *candidate_.symbol;
  if (limit.kind == Kind::Flow && slot.blind_until.ns > engine_.now_.ns) return {0, 0, Reason::Limit};
  switch (limit.metric) {
    case Metric::OrderQuantity: return {quantity_, 0, Reason::None};
    case Metric::OrderNotional:
      return unvalued_ == Reason::None ? Measure{notional_, 0, Reason::None} : Measure{0, 0, unvalued_};
    case Metric::AdvShare: return {quantity_, symbol.adv, symbol.adv > 0 ? Reason::None : Reason::Limit};
    case Metric::PriceCollar: {
      if (!symbol.has_mark) return {0, 0, Reason::NoMark};
      const std::int64_t beyond = order_price() - symbol.reference.raw;
      return {positive(candidate_.side == Side::Buy ? beyond : -beyond), symbol.reference.raw, Reason::None};
    }
    case Metric::SelfTrade: return {self_trades() * unit, 0, Reason::None};
    case Metric::MessageRate:  // has been counted already, unless nobody has sent it yet
      return {slot.amount + (candidate_.sized ? unit : 0), 0, Reason::None};
    case Metric::Turnover: return {slot.amount + notional_, 0, Reason::None};
    case Metric::Duplicate: return {(duplicates(limit) + int128{1}) * unit, 0, Reason::None};
    case Metric::OrderRate:
    case Metric::OpenOrders: return {slot.amount + unit, 0, Reason::None};
    case Metric::RepeatedExecution: return {static_cast<int128>(repeated(limit)) * unit, 0, Reason::None};
    case Metric::DailyLoss:
    case Metric::Drawdown:
    case Metric::RejectRate:
    case Metric::LossStreak:
    case Metric::PriceMove:
    case Metric::VolatilitySpike:
    case Metric::StaleMark: return measure_state(limit, slot);
    default: return measure_exposure(limit);
  }
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

int128 Judge::turnover(std::int64_t quantity) const {
  if (unvalued_ != Reason::None) return 0;
  return quantity == quantity_ ? notional_ : notional(quantity);
}

// What the limit reads of a worth, given what the order adds to it.
int128 Judge::exposure(const CompiledLimit& limit, const Worth& base, const Worth& moved) {
  switch (limit.metric) {
    case Metric::Long: return base.long_value + moved.long_value;
    case Metric::Short: return base.short_value + moved.short_value;
    case Metric::Net:
      return larger(magnitude(base.longest_sum + moved.longest_sum), magnitude(base.shortest_sum + moved.shortest_sum));
    default: return base.gross + moved.gross;
  }
}

const Worth& Judge::base_of(const CompiledLimit& limit, const Ahead& ahead) const {
  if (limit.reach == Reach::Symbol) return ahead.now;
  return engine_.total_of(limit, ahead.group, candidate_.party.sector).worth;
}

Judge::Measure Judge::measure_exposure(const CompiledLimit& limit) {
  if (!looked_ahead_) look_ahead();
  const Ahead& ahead = ahead_[at(limit.view)];
  if (limit.metric == Metric::Position) {
    return {larger(magnitude(ahead.longest), magnitude(ahead.shortest)), 0, Reason::None};
  }
  const Worth& base = base_of(limit, ahead);
  if (unvalued_ != Reason::None || !base.known()) [[unlikely]] {
    const bool no_mark = unvalued_ == Reason::NoMark || base.no_mark != 0;
    return {0, 0, no_mark ? Reason::NoMark : Reason::NoFx};
  }
  const bool divides = limit.value_kind == ValueKind::Fraction;
  return {exposure(limit, base, ahead.moved),
          divides ? engine_.divisor(limit.each_account ? candidate_.party.account : limit.named.account) : 0,
          Reason::None};
}

// The same before the order, which an order over its limit may not raise.
int128 Judge::exposure_before(const CompiledLimit& limit) const {
  const Ahead& ahead = ahead_[at(limit.view)];
  if (limit.metric == Metric::Position) {
    return larger(magnitude(ahead.cell->longest()), magnitude(ahead.cell->shortest()));
  }
  return exposure(limit, base_of(limit, ahead), Worth{});
}

// Limits on the state refuse while they are above their max, whatever the order.
Judge::Measure Judge::measure_state(const CompiledLimit& limit, const Slot& slot) {
  if (limit.metric == Metric::DailyLoss && limit.reach != Reach::Symbol) {  // most of them: what level() says of it
    const std::size_t group = engine_.book_.group(limit.view, candidate_.party.account, candidate_.party.strategy);
    return {positive(-engine_.total_of(limit, group, candidate_.party.sector).today), unit, Reason::None};
  }
  const Level level = engine_.level(limit, slot);
  return {level.value, level.divisor, level.known ? Reason::None : Reason::Limit};
}

Judge::Finding Judge::finding(std::uint32_t position) {
  const CompiledLimit& limit = engine_.limits_.all[position];
  const Slot& slot = engine_.limits_.slots[limit.slot_of(candidate_.party)];
  const Measure m = limit.kind == Kind::Model ? measure_model(limit) : measure(limit, slot);
  const ValueKind kind = limit.value_kind;
  if (m.cannot == Reason::NoMark || m.cannot == Reason::NoFx) return {m.cannot, Value{ValueKind::Null, {}, 0, 0}};
  if (m.cannot != Reason::None || (kind == ValueKind::Fraction && m.divisor <= 0)) {
    return {Reason::Limit, Value{ValueKind::Null, {}, 0, 0}};
  }
  if (kind != ValueKind::Fraction) return {Reason::Limit, Value::of(kind, m.value)};
  return {Reason::Limit, Value::fraction(quotient(m.value, m.divisor))};
}

}  // namespace bulwark::core
