// SPDX-License-Identifier: Apache-2.0
// Limits compiled into flat tables: which limits an order touches is known before it arrives, and where each keeps its
// numbers is arithmetic on the order's indices.
//
// A limit owns one slot for each scope that it judges: one, or for each "*" as many as there are names. The slot of an
// order is slot_base + the sum of index x stride over the "*" keys.
#pragma once

#include <vector>

#include "core/book.h"
#include "core/metric.h"
#include "core/names.h"

namespace bulwark::core {

struct Slot {
  int128 max;     // in force: the configured one, or an override's
  int128 amount;  // flow: what is in the window, or working
  Scope on;
  std::int64_t override_until_ns;  // 0: none
  TimeNs blind_until;              // flow: until then something was not counted, and nothing passes
  bool live;                       // has had a position, a working order or profit
  bool warned, breached;
};

// Whom an order, a message or a row belongs to.
struct Party {
  SymbolIndex symbol;
  SectorIndex sector;
  AccountIndex account;
  StrategyIndex strategy;
  ClientIndex client;
};

constexpr bool within(const Scope& scope, const Party& party) {
  const auto fits = [](auto named, auto actual) { return at(named) == 0 || named == actual; };
  return fits(scope.symbol, party.symbol) && fits(scope.sector, party.sector) && fits(scope.account, party.account) &&
         fits(scope.strategy, party.strategy) && fits(scope.client, party.client);
}

// Does `scope` have at least the keys of `wanted`, with the same values?
constexpr bool contains(const Scope& wanted, const Scope& scope) {
  return within(wanted, {scope.symbol, scope.sector, scope.account, scope.strategy, scope.client});
}

enum class Reach : std::uint8_t { Symbol, Sector, All };  // what an exposure is added up over

struct CompiledLimit {
  Metric metric;
  Kind kind;
  Action action;
  View view;  // exposure and state: which cells and totals it reads
  Reach reach;
  bool each_symbol, each_sector, each_account, each_strategy, each_client;  // "*"
  Scope named;                                                              // the keys that name one
  LimitIndex index;
  std::int64_t max, warn;
  int128 configured_max;
  DurationNs window;
  std::uint32_t slot_base, slot_count;
  std::uint32_t symbol_stride, sector_stride, account_stride, strategy_stride, client_stride;
  std::uint32_t flow;  // flow limits with a window: their cursor (core/flow.h)

  std::size_t slot_of(const Party& p) const {
    return slot_base + at(p.symbol) * symbol_stride + at(p.sector) * sector_stride + at(p.account) * account_stride +
           at(p.strategy) * strategy_stride + at(p.client) * client_stride;
  }
  // Every key that is named is that party's, and every "*" key is known of it.
  bool covers(const Party& p) const {
    return within(named, p) && !(each_symbol && at(p.symbol) == 0) && !(each_sector && at(p.sector) == 0) &&
           !(each_account && at(p.account) == 0) && !(each_strategy && at(p.strategy) == 0) &&
           !(each_client && at(p.client) == 0);
  }
};

class Limits {
public:
  struct List {
    std::uint32_t begin, end;
    std::uint8_t views;  // bit v: an exposure or state limit of the list reads view v
    bool covered;        // a limit of the kind exposure that does more than alert
  };

  std::vector<CompiledLimit> all;  // in the order of the file
  std::vector<Slot> slots;
  std::vector<std::uint32_t> lists;  // limits (positions in `all`), sorted by kind and then by file order
  std::vector<List> list_of_lists;
  std::vector<std::uint16_t> list_of_row;  // by row: which list
  std::vector<std::uint32_t> dividing;     // limits whose value moves with equity
  std::vector<std::uint32_t> message_rates;

  const List& list(std::size_t row) const { return list_of_lists[list_of_row[row]]; }

  // Reads the rules; tells the book which sums it has to keep. Cold.
  void compile(const Rules& rules, const Names& names, Book& book, std::size_t client_count);
  // After the book has been laid out: which limits each row touches. Cold.
  void assign_rows(const Book& book, const Market& market);
  // Keeps warnings, breaches and overrides of limits that are still there, by name and scope. Cold.
  void carry(const Limits& old);

  // The slot of a limit that has exactly this scope; `slots.size()`: there is none.
  std::size_t find_slot(const CompiledLimit& limit, const Scope& on) const;
  void start_levels();

private:
  void lay_out_slots(CompiledLimit& limit, const Names& names, std::size_t client_count);
};

// The portion of a scope's keys that a view adds up by.
constexpr View view_of(bool by_account, bool by_strategy) {
  return by_account ? (by_strategy ? View::Both : View::Account) : (by_strategy ? View::Strategy : View::Portfolio);
}

}  // namespace bulwark::core
