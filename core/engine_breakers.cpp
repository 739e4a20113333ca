// SPDX-License-Identifier: Apache-2.0
// Circuit breakers and repeated executions: what is counted over a window, judged after every event, and acts at the
// event that carries it over its max.
#include <algorithm>

#include "core/engine.h"

namespace bulwark::core {

// What has left its window, or gone stale, by now.
void Engine::advance_breakers() {
  flow_.advance_breakers(now_, limits_);
  moves_.advance(now_, [this](SymbolIndex symbol) { touch_moved(symbol); });
  stale_marks_.advance(now_, [this](SymbolIndex symbol) { count_stale_symbol(symbol); });
  touch_counted();
}

void Engine::touch_counted() {
  for (const Flow::Changed& changed : flow_.changed()) touch_slot(changed.limit, changed.slot);
  flow_.changed().clear();
  if (!flow_.take_changes_lost()) return;
  for (const std::uint32_t k : limits_.breakers) touch_live(k);
}

// After new rules: prices as they moved, and the age of the marks, oldest first. Cold.
void Engine::carry_breakers(const PriceMoves& old_moves, const MarketState& old_state) {
  std::vector<std::size_t> marked;
  for (std::size_t k = 1; k < market_.symbols.size(); ++k) {
    if (market_.symbols[k].has_mark) marked.push_back(k);
  }
  std::stable_sort(marked.begin(), marked.end(), [this](std::size_t a, std::size_t b) {
    return market_.symbols[a].marked < market_.symbols[b].marked;
  });
  moves_.carry(old_moves, now_);
  market_state_.carry(old_state);
  for (const std::size_t k : marked) {
    const Symbol& symbol = market_.symbols[k];
    // What nobody followed until now begins with the price that holds.
    if (moves_.followed() && !old_moves.followed())
      moves_.mark(SymbolIndex(k), symbol.marked, symbol.reference, {0}, [](SymbolIndex) {});
    if (market_state_.window().ns != 0) follow_squares(SymbolIndex(k));
    if (stale_marks_.followed()) stale_marks_.mark(SymbolIndex(k), symbol.marked);
    for (const std::uint32_t limit : limits_.price_moves) {
      largest_moves_[limits_.all[limit].moves_index].set(SymbolIndex(k),
                                                         moved_level(limits_.all[limit], SymbolIndex(k)));
    }
  }
  if (!stale_marks_.followed()) return;
  stale_marks_.advance(now_, [](SymbolIndex) {});
  for (const std::uint32_t row : book_.live_rows) count_stale_row(row);
}

// The price of a symbol moves every scope that it is in; an account or a strategy leaves all symbols in it.
void Engine::touch_moved(SymbolIndex symbol) {
  if (market_state_.window().ns != 0) follow_squares(symbol);
  const SectorIndex sector = market_.symbols[at(symbol)].sector;
  for (const std::uint32_t k : limits_.price_moves) {
    const CompiledLimit& limit = limits_.all[k];
    if (limit.reach != Reach::Symbol) largest_moves_[limit.moves_index].set(symbol, moved_level(limit, symbol));
    const bool elsewhere = (at(limit.named.symbol) != 0 && limit.named.symbol != symbol) ||
                           (at(limit.named.sector) != 0 && limit.named.sector != sector) ||
                           (limit.each_sector && at(sector) == 0);
    if (elsewhere) continue;
    const std::size_t accounts = limit.each_account ? book_.account_count : 1;
    const std::size_t strategies = limit.each_strategy ? book_.strategy_count : 1;
    for (std::size_t account = 0; account < accounts; ++account) {
      for (std::size_t strategy = 0; strategy < strategies; ++strategy) {
        const std::size_t place =
            limit.slot_of({symbol, sector, AccountIndex(account), StrategyIndex(strategy), ClientIndex::None});
        if (limits_.slots[place].live || limit.slot_count == 1) touch_slot(k, place);
      }
    }
  }
}

void Engine::follow_squares(SymbolIndex symbol) {
  market_state_.set_squares(symbol, moves_.squares(market_state_.window(), symbol), risk_.daily_variance(symbol));
  market_moved_ = true;
}

void Engine::follow_mark(SymbolIndex symbol, Price previous) {
  if (!follows_time_) return;
  know_scopes({symbol, market_.symbols[at(symbol)].sector, AccountIndex::None, StrategyIndex::None, ClientIndex::None});
  if (moves_.followed()) {
    moves_.mark(symbol, now_, market_.symbols[at(symbol)].reference, previous,
                [this](SymbolIndex moved) { touch_moved(moved); });
  }
  if (stale_marks_.followed() && stale_marks_.mark(symbol, now_)) count_stale_symbol(symbol);
}

void Engine::count_stale_symbol(SymbolIndex symbol) {
  for (std::uint32_t next = book_.first_row_of_symbol[at(symbol)]; next != 0;
       next = book_.rows[next - 1].next_of_symbol) {
    count_stale_row(next - 1);
  }
}

// Does the row's symbol count as stale in the scopes that the row is part of: held or worked there, and without a mark
// that is young enough?
void Engine::count_stale_row(std::size_t row) {
  const Owner owner = book_.owner_of(row);
  const Party party = party_of(owner);
  for (const std::uint32_t k : limits_.stale_marks) {
    const CompiledLimit& limit = limits_.all[k];
    if (!limit.covers(party)) continue;
    Cell& cell = book_.cell(limit.view, book_.group(limit.view, owner.account, owner.strategy), owner.symbol);
    const auto bit = static_cast<std::uint8_t>(1U << limit.stale_index);
    const bool counted = (cell.counted_stale & bit) != 0;
    const bool counts = !cell.empty() && stale_marks_.stale(limit.stale_index, owner.symbol);
    if (counted == counts) continue;
    cell.counted_stale = static_cast<std::uint8_t>(cell.counted_stale ^ bit);
    const std::size_t slot = limit.slot_of(party);
    limits_.slots[slot].amount += counts ? unit : -unit;
    limits_.slots[slot].live = true;
    touch_slot(k, slot);
  }
}

Level Engine::breaker_level(const CompiledLimit& limit, const Slot& slot) const {
  if (!follows_prices(limit.metric)) return {slot.amount, unit, slot.blind_until.ns <= now_.ns};
  if (moves_.blind(limit.window, now_)) return {0, unit, false};
  const Scope& on = slot.on;
  if (limit.reach != Reach::Symbol) return largest_moves_[limit.moves_index].of(on.sector);
  const bool meets = at(on.sector) == 0 || market_.symbols[at(on.symbol)].sector == on.sector;
  return meets ? moved_level(limit, on.symbol) : Level{0, unit, true};
}

Level Engine::moved_level(const CompiledLimit& limit, SymbolIndex symbol) const {
  if (limit.metric == Metric::PriceMove) {
    const PriceMoves::Move move = moves_.largest(limit.window, symbol);
    return {move.numerator, move.denominator, true};
  }
  return spike_level(moves_.squares(limit.window, symbol), limit.window, risk_.daily_variance(symbol));
}

// A refused order makes the scopes known that it is in.
void Engine::count_refusal(const Party& party) {
  flow_.refusal(FlowEntry::of(now_, party), limits_);
  know_scopes(party);
}

// The scopes that somebody is in, who was refused or whose price is known, have a value from now on.
void Engine::know_scopes(const Party& party) {
  for (const std::uint32_t k : limits_.breakers) {
    const CompiledLimit& limit = limits_.all[k];
    if (!limit.covers(party)) continue;
    const std::size_t slot = limit.slot_of(party);
    if (!limits_.slots[slot].live) touch_slot(k, slot);
    limits_.slots[slot].live = true;
  }
}

// An applied fill: how often has this strategy done the same?
void Engine::count_execution(const Party& party, Side side) {
  if (limits_.repetitions.empty() || at(party.strategy) == 0) return;
  const std::size_t known = flow_.repetitions().broken().size();
  flow_.fill(FlowEntry::of(now_, party, side), limits_);
  if (flow_.repetitions().take_lost()) give_up("more executions repeat than the engine keeps");
  for (std::size_t k = known; k < flow_.repetitions().broken().size(); ++k) {
    const BrokenRepetition broken = flow_.repetitions().broken()[k];
    const CompiledLimit& limit = limits_.all[broken.limit];
    tell_repetition(LineType::Breach, broken, flow_.repetitions()[broken.place].broken);
    if (limit.action == Action::Scale) {
      add_factor({broken.on, limit.factor, Factor::Source::Repetition, broken.place});
      factors_changed_ = true;
    }
    if (limit.action == Action::Halt || limit.action == Action::ReduceOnly || limit.action == Action::Liquidate) {
      act(limit, broken.on);
    }
  }
}

void Engine::tell_repetition(LineType type, const BrokenRepetition& broken, std::uint32_t count) {
  Line line{};
  line.type = type;
  line.limit = limits_.all[broken.limit].index;
  line.place = broken.limit + 1;
  line.on = broken.on;
  line.value = Value::of(ValueKind::Count, static_cast<int128>(count) * unit);
  line.max = shown_max(broken.limit, broken.slot);
  add_line(line);
}

void Engine::restart_repetitions(const Scope& on) {
  flow_.restart_repetitions(on, [this](const BrokenRepetition& broken) {
    tell_repetition(LineType::Cleared, broken, 0);
    end_factor(Factor::Source::Repetition, broken.place);
  });
}

}  // namespace bulwark::core
