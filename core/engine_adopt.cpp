// SPDX-License-Identifier: Apache-2.0
// New rules in place of the old ones, between two events. Whoever replays does the same from the rules alone, and comes
// to the same state.
#include <algorithm>
#include <utility>

#include "core/adoption.h"
#include "core/engine.h"

namespace bulwark::core {

void Engine::adopt(const Rules& rules) {
  names_.add_from(rules);
  Adoption adoption(rules, names_.symbols);
  adopt(adoption);
}

void Engine::adopt(Adoption& adoption) {
  const Rules& rules = adoption.rules;
  std::swap(book_, adoption.book);
  std::swap(limits_, adoption.limits);
  std::swap(flow_, adoption.flow);
  std::swap(moves_, adoption.moves);
  std::swap(working_, adoption.working);
  std::swap(market_state_, adoption.market_state);
  const Book& old_book = adoption.book;
  stale_marks_ = {};
  touched_.clear();
  session_ = SessionClock(rules.session);
  names_.add_from(rules);
  if (names_.symbols.size() != adoption.symbol_count) adoption.model = Adoption::model_of(rules, names_.symbols);
  book_.accounts = old_book.accounts;
  configure(rules, adoption.model);
  for (const std::uint32_t from : old_book.live_rows) {
    const std::size_t to =
        book_.row_index(old_book.account_of(from), old_book.strategy_of(from), old_book.symbol_of(from));
    book_.rows[to] = old_book.rows[from];
    book_.live_rows.push_back(static_cast<std::uint32_t>(to));
  }
  for (std::size_t k = 0; k < adoption.working.size(); ++k) {
    const std::size_t account = k / old_book.symbol_count, symbol = k % old_book.symbol_count;
    working_[account * book_.symbol_count + symbol] = adoption.working[k];
  }
  limits_.carry(adoption.limits);
  flow_.carry(adoption.flow, adoption.limits, limits_, now_);
  book_.rebuild(market_);
  book_.profit_moves += old_book.profit_moves + 1;  // never what was reviewed last
  for (const std::uint32_t row : book_.live_rows) {
    if (risk_.used()) risk_.follow(row, book_, market_);
  }
  for (std::size_t k = 0; k < working_.size(); ++k) {
    for (OrderIndex order = working_[k].first; order != 0; order = orders_[order].next) count_open(orders_[order], 1);
  }
  carry_breakers(adoption.moves, adoption.market_state);
  carry_factors();
  for (Liquidation& liquidation : liquidations_.all) count_waiting(liquidation);
  touch_everything();
  if (started()) next_session_ = session_.next_start_after(now_);
  find_next_override_end();
}

}  // namespace bulwark::core
