// SPDX-License-Identifier: Apache-2.0
// After each event: what do the limits that it touched say now? Warnings, breaches, and the latches that follow.
#include <algorithm>
#include <utility>

#include "core/engine.h"

namespace bulwark::core {

void Engine::touch_slot(std::uint32_t limit, std::size_t slot) {
  if (touched_stamp_[slot] == stamp_) return;
  touched_stamp_[slot] = stamp_;
  touched_.push_back({limit, static_cast<std::uint32_t>(slot)});
}

void Engine::touch_row(std::size_t row) {
  touched_rows_.push_back(static_cast<std::uint32_t>(row));
  if (risk_.used() && risk_.follow(row, book_, market_)) risk_moved_ = true;
  const Limits::List& list = limits_.list(row);
  const SymbolIndex symbol = book_.symbol_of(row);
  const Party party{symbol, market_.symbols[at(symbol)].sector, book_.account_of(row), book_.strategy_of(row),
                    ClientIndex::None};
  for (std::uint32_t k = list.exposure; k < list.end; ++k) {
    const std::uint32_t limit = limits_.steps[k].limit;
    const std::size_t slot = limits_.all[limit].slot_of(party);
    // Breakers are touched by what they count.
    if (limits_.all[limit].kind != Kind::Breaker || !limits_.slots[slot].live) touch_slot(limit, slot);
    limits_.slots[slot].live = true;
  }
}

// After less works than before: nothing can have come to a level, only fallen below one that was told.
void Engine::touch_told(std::size_t row, const Party& party) {
  touched_rows_.push_back(static_cast<std::uint32_t>(row));
  const Limits::List& list = limits_.list(row);
  for (std::uint32_t k = list.exposure; k < list.end; ++k) {
    const Limits::Step& step = limits_.steps[k];
    const std::size_t slot = step.star == Star::None ? step.slot_base : limits_.all[step.limit].slot_of(party);
    if (limits_.slots[slot].told()) touch_slot(step.limit, slot);
  }
}

// After an order that was accepted as it was judged: the judge has seen each value as it is now, and most of them are
// far from where they would be told about.
void Engine::touch_crossing(std::size_t row) {
  touched_rows_.push_back(static_cast<std::uint32_t>(row));
  for (const Touched& crossing : crossing_) touch_slot(crossing.limit, crossing.slot);
}

void Engine::touch_live(std::uint32_t k) {
  const CompiledLimit& limit = limits_.all[k];
  for (std::uint32_t slot = limit.slot_base; slot < limit.slot_base + limit.slot_count; ++slot) {
    if (limits_.slots[slot].live || limit.slot_count == 1) touch_slot(k, slot);
  }
}

void Engine::touch_everything() {
  market_moved_ = market_state_.used();
  for (std::uint32_t k = 0; k < limits_.all.size(); ++k) {
    if (limits_.all[k].kind >= Kind::Exposure) touch_live(k);
  }
}

// A limit that divides by equity moves whenever that does.
void Engine::touch_dividing() {
  for (const std::uint32_t k : limits_.dividing) touch_live(k);
}

void Engine::review() {
  if (book_.profit_moves != profit_moves_reviewed_) {
    profit_moves_reviewed_ = book_.profit_moves;
    book_.follow_peaks();
    market_moved_ = market_state_.used();
    touch_dividing();
  }
  if (risk_moved_) touch_correlated();
  if (!limits_.stale_marks.empty()) {
    for (const std::uint32_t row : touched_rows_) count_stale_row(row);
  }
  touch_counted();
  for (const Touched& acting : acting_) {
    if (limits_.all[acting.limit].action != Action::Scale) continue;
    limits_.slots[acting.slot].set_off = true;
    touch_slot(acting.limit, acting.slot);
  }
  if (!touched_.empty()) book_.settle(market_);
  if (market_moved_) review_market();
  review_factors();
  for (const Touched& touched : touched_) review_slot(touched.limit, touched.slot);
  touched_.clear();
  ++stamp_;
  if (!acting_.empty()) {
    std::sort(acting_.begin(), acting_.end(), [&](const Touched& a, const Touched& b) {
      const Kind kind_a = limits_.all[a.limit].kind, kind_b = limits_.all[b.limit].kind;
      if (kind_a != kind_b) return kind_a < kind_b;  // as a verdict names them
      if (a.limit != b.limit) return a.limit < b.limit;
      return compare_scopes(limits_.slots[a.slot].on, limits_.slots[b.slot].on) < 0;
    });
    for (const Touched& acting : acting_) act(limits_.all[acting.limit], limits_.slots[acting.slot].on);
    acting_.clear();
  }
  order_lines();
}

// Room for the lines of an event is fixed; the last place is kept for saying that it was not enough.
void Engine::add_line(const Line& line) {
  if (lines_.size() + 1 < lines_.capacity()) lines_.push_back(line);
  else give_up("more came of one event than there is room to tell");
}

// A table is full, and something was not done: everything halts after this event, for the first cause.
void Engine::give_up(std::string_view cause) {
  if (failure_.size == 0) failure_ = Sentence::from(cause);
}

void Engine::halt_for_failure() {
  if (lines_.size() + 1 >= lines_.capacity()) lines_.pop_back();
  latch(Scope{}, State::Halted, std::exchange(failure_, {}).view());
}

int128 Engine::divisor(AccountIndex account) const {
  const AccountState& state = book_.accounts[at(account)];
  return state.rows_without_rate == 0 ? positive(state.equity()) : 0;
}

// What a breach does beyond refusing.
void Engine::act(const CompiledLimit& limit, const Scope& on) {
  const std::string& name = names_.limits.name(limit.index);
  switch (limit.action) {
    case Action::Halt: return latch(on, State::Halted, name);
    case Action::ReduceOnly: return latch(on, State::ReduceOnly, name);
    case Action::Liquidate: return liquidate(on, limit.to, name, limit.index);
    default: return;
  }
}

// What limits say comes first, in the order of the file and then of scopes; then states; then requests (rule 32).
void Engine::order_lines() {
  const std::size_t begin = has_verdict_ || lines_before_verdict_ != 0 ? lines_before_verdict_ : 0;
  if (lines_.size() - begin < 2) return;
  const auto group = [](const Line& line) {
    return line.type == LineType::CancelRequest ? 2 : line.type == LineType::State ? 1 : 0;
  };
  for (std::size_t k = begin; k < lines_.size(); ++k) lines_[k].serial = static_cast<std::uint32_t>(k);
  std::sort(lines_.begin() + static_cast<std::ptrdiff_t>(begin), lines_.end(), [&](const Line& a, const Line& b) {
    if (group(a) != group(b)) return group(a) < group(b);
    if (group(a) == 0 && a.place != b.place) return a.place < b.place;
    const int scopes = group(a) == 0 ? compare_scopes(a.on, b.on) : 0;
    return scopes != 0 ? scopes < 0 : a.serial < b.serial;
  });
}

// One line when the value comes to warn x max, one when it passes max, one when it falls below warn x max again.
void Engine::review_slot(std::uint32_t position, std::size_t index) {
  const CompiledLimit& limit = limits_.all[position];
  Slot& slot = limits_.slots[index];
  if (stays_below_warning(limit, slot)) return;
  const Level now = level(limit, slot);
  limits_.rooms[index] = limit.kind == Kind::Exposure ? 0 : Limits::no_room;
  if (!now.known) return;
  const bool breached = above(limit, now, slot.max);
  const bool warned = reaches_warning(limit, now, slot);
  const bool newly = breached && !slot.breached;
  const auto tell = [&](LineType type) {
    Line line{};
    line.type = type;
    line.limit = limit.index;
    line.place = position + 1;
    line.on = slot.on;
    line.value = shown(limit, now);
    line.max = shown_max(position, index);
    add_line(line);
  };
  if (warned && !slot.warned) tell(LineType::Warning);
  if (breached && !slot.breached) tell(LineType::Breach);
  if (!warned && slot.warned) tell(LineType::Cleared);
  slot.warned = warned;
  slot.breached = breached;
  if (limit.kind == Kind::Exposure) limits_.rooms[index] = core::room(limit, now, slot);
  else if (limit.kind == Kind::State && !breached) limits_.rooms[index] = 0;
  // They act at the event that carries the value over max (rule 4).
  if (newly && limit.kind >= Kind::State) acting_.push_back({position, static_cast<std::uint32_t>(index)});
}

// The value of a limit of the kind exposure or state on one of its scopes, no order pending.
Level Engine::level(const CompiledLimit& limit, const Slot& slot) const {
  if (limit.kind == Kind::Breaker) return breaker_level(limit, slot);
  if (limit.kind == Kind::Model) return model_level(limit, slot);
  const std::size_t g = book_.group(limit.view, slot.on.account, slot.on.strategy);
  if (limit.metric == Metric::Drawdown) {
    const AccountState& account = book_.accounts[at(slot.on.account)];
    const bool known = account.rows_without_rate == 0 && account.peak > 0;
    return {positive(account.peak - account.equity()), account.peak, known};
  }
  const Cell nothing{};
  const SectorIndex sector = market_.symbols[at(slot.on.symbol)].sector;
  const bool meets = slot.on.sector == SectorIndex::None || slot.on.sector == sector;  // that symbol and that sector
  const Cell& cell = limit.reach == Reach::Symbol && meets ? book_.cell(limit.view, g, slot.on.symbol) : nothing;
  if (limit.metric == Metric::Position)
    return {larger(magnitude(cell.longest()), magnitude(cell.shortest())), unit, true};
  if (limit.metric == Metric::DailyLoss) {
    const int128 today = limit.reach == Reach::Symbol ? cell.today : total_of(limit, g, slot.on.sector).today;
    return {positive(-today), unit, true};
  }
  const Worth worth = limit.reach == Reach::Symbol ? Worth::of(cell) : total_of(limit, g, slot.on.sector).worth;
  switch (limit.metric) {
    case Metric::Long: return {worth.long_value, unit, worth.known()};
    case Metric::Short: return {worth.short_value, unit, worth.known()};
    case Metric::Net: return {worth.net(), unit, worth.known()};
    case Metric::Gross: return {worth.gross, unit, worth.known()};
    default: {
      const int128 equity = divisor(slot.on.account);
      return {worth.gross, equity, worth.known() && equity > 0};
    }
  }
}

Value Engine::shown(const CompiledLimit& limit, const Level& level) const {
  const ValueKind kind = limit.value_kind;
  if (!level.known) return {ValueKind::Null, {}, 0, 0};
  return kind == ValueKind::Fraction ? Value::fraction(quotient(level.value, level.divisor))
                                     : Value::of(kind, level.value);
}

Value Engine::shown_max(std::uint32_t position, std::size_t slot) const {
  const ValueKind kind = limits_.all[position].value_kind;
  const int128 max = limits_.slots[slot].max;
  return kind == ValueKind::Fraction ? Value::fraction(quotient(max, unit)) : Value::of(kind, max);
}

}  // namespace bulwark::core
