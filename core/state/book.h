// SPDX-License-Identifier: Apache-2.0
// The saved state of names, market and book. Of the book only what rows and accounts are themselves: cells and totals
// are exact sums of rows, and are added up anew.
#pragma once

#include "core/book.h"
#include "core/names.h"
#include "core/state/words.h"

namespace bulwark::core {

inline constexpr std::size_t saved_names_max = 16'000'000;  // of each kind

// Indices keep their meaning for the life of a journal: the order of names is history.
template <class Words>
void carry_names(Words& words, auto& names) {
  const auto carry = [&words](auto& list) {
    const std::size_t size = words.count(list.size() - 1, saved_names_max);
    for (std::size_t k = 1; k <= size; ++k) {
      if constexpr (Words::reads) {
        std::string text;
        words.text(text);
        if (at(list.add(text)) != k) words.damaged("a name stands there twice");
      } else {
        words.text(list.all()[k]);
      }
    }
  };
  carry(names.symbols);
  carry(names.sectors);
  carry(names.accounts);
  carry(names.strategies);
  carry(names.clients);
  carry(names.currencies);
  carry(names.limits);
}

inline NameCounts counts_of(const Names& names, std::size_t client_count) {
  return {names.symbols.size(), names.sectors.size(), names.accounts.size(), names.strategies.size(), client_count};
}

// With what an instrument was that is in the rules no more; what the rules say they say again.
template <class Words>
void carry_market(Words& words, auto& market, const NameCounts& names) {
  static_assert(sizeof(Symbol) == 112 && sizeof(Currency) == 24, "a new member: is it saved, or does it follow?");
  const std::size_t currency_count = words.count(market.currencies.size(), saved_names_max);
  if constexpr (Words::reads) {
    market.symbols.resize(names.symbols);
    market.currencies.resize(currency_count);
  }
  for (auto& currency : market.currencies) words(currency.has_rate, currency.marked, currency.when, currency.rate);
  for (auto& symbol : market.symbols) {
    words.index(symbol.currency, currency_count);
    words.index(symbol.sector, names.sectors);
    words(symbol.has_mark, symbol.reference, symbol.marked, symbol.multiplier, symbol.tick_size, symbol.lot_size,
          symbol.adv, symbol.locate_used);
  }
}

template <class Words>
void carry_row(Words& words, auto& row) {
  static_assert(sizeof(Row) == 128, "a new member: is it saved, or does it follow?");
  words(row.position, row.working_buy, row.working_sell, row.cost, row.realised, row.fees, row.opening_profit);
}

// After the book has been laid out, and the market is there.
template <class Words>
void carry_book(Words& words, auto& book, const Market& market) {
  static_assert(sizeof(AccountState) == 80 && sizeof(Book) == 464, "a new member: is it saved, or does it follow?");
  words.same(book.rows.size());
  const std::size_t live = words.count(book.live_rows.size(), book.rows.size());
  for (std::size_t k = 0; k < live; ++k) {
    std::uint32_t row = Words::reads ? 0 : book.live_rows[k];
    words.index(row, book.rows.size());
    if constexpr (Words::reads) {
      if (book.rows[row].live) words.damaged("a row stands there twice");
      book.rows[row].live = true;
      book.live_rows.push_back(row);
    }
    carry_row(words, book.rows[row]);
  }
  words.same(book.accounts.size());
  for (auto& account : book.accounts) words(account.configured, account.deposits, account.peak);
  if constexpr (Words::reads) book.rebuild(market);
}

}  // namespace bulwark::core
