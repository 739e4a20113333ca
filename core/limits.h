// SPDX-License-Identifier: Apache-2.0
// Limits compiled into flat tables: which limits an order touches is known before it arrives, and where each keeps its
// numbers is arithmetic on the order's indices.
//
// A limit owns one slot for each scope that it judges: one, or for each "*" as many as there are names. The slot of an
// order is slot_base + the sum of index x stride over the "*" keys.
#pragma once

#include <array>
#include <vector>

#include "core/book.h"
#include "core/metric.h"
#include "core/names.h"
#include "core/risk_model.h"

namespace bulwark::core {

struct Slot {
  int128 max;        // in force: `base_max`, and of a dynamic limit scaled
  int128 base_max;   // the configured one, or an override's
  int128 warn_from;  // the smallest value that warns; of a fraction max x warn, of 16 decimals
  int128 amount;     // flow: what is in the window, or working
  Scope on;
  std::int64_t override_until_ns;  // 0: none
  TimeNs blind_until;              // flow: until then something was not counted, and nothing passes
  std::uint64_t since;             // loss_streak: losses before this one of the log count no more
  bool scales, set_off;            // `scale`: its factor holds; an order of this event has set it off
  bool live;                       // has had a position, a working order or profit
  bool warned, breached;

  bool told() const { return warned || breached; }
};

// What one of its scopes says, for people.
struct Reading {
  std::uint32_t limit;  // position in the file
  std::size_t slot;
  Value value;
};

// What an order asks of a limit's room: a quantity, a share, money, to be one more, or only that there is some.
enum class Asks : std::uint8_t { Room, One, Quantity, Collar, Notional, AddedUnits, AddedMoney };
inline constexpr std::size_t asks_count = 7;
constexpr Asks asks_of(Metric metric) {
  if (metric == Metric::Position) return Asks::AddedUnits;
  if (kind_of(metric) == Kind::Exposure) return Asks::AddedMoney;
  switch (metric) {
    case Metric::OrderQuantity: return Asks::Quantity;
    case Metric::PriceCollar: return Asks::Collar;
    case Metric::OrderNotional:
    case Metric::Turnover: return Asks::Notional;
    case Metric::OrderRate:
    case Metric::OpenOrders: return Asks::One;
    default: return Asks::Room;
  }
}

// Whom an order, a message or a row belongs to.
struct Party {
  SymbolIndex symbol;
  SectorIndex sector;
  AccountIndex account;
  StrategyIndex strategy;
  ClientIndex client;
};

// Which key of an order a limit keeps a slot for.
enum class Star : std::uint8_t { None, Symbol, Sector, Account, Strategy, Client, Several };

// The keys of a party or a scope in two words, so that all of them are compared at once.
struct Keys {
  std::uint64_t first, second;

  static constexpr Keys of(const auto& owner) {
    return {at(owner.symbol) << 32 | at(owner.sector) << 16 | at(owner.account),
            at(owner.strategy) << 16 | at(owner.client)};
  }
  Party party() const {
    const auto part = [](std::uint64_t word, int place) { return static_cast<std::uint16_t>(word >> place); };
    return {SymbolIndex(first >> 32), SectorIndex{part(first, 16)}, AccountIndex{part(first, 0)},
            StrategyIndex{part(second, 16)}, ClientIndex{part(second, 0)}};
  }
  // Ones in the place of every key that is there.
  static constexpr Keys mask_of(const auto& owner) {
    const auto ones = [](auto key, std::uint64_t of_key) { return at(key) != 0 ? of_key : std::uint64_t{0}; };
    return {
        ones(owner.symbol, 0xffffffffULL << 32) | ones(owner.sector, 0xffffULL << 16) | ones(owner.account, 0xffffULL),
        ones(owner.strategy, 0xffffULL << 16) | ones(owner.client, 0xffffULL)};
  }
  constexpr bool fits(const Keys& wanted, const Keys& mask) const {
    return (((first & mask.first) ^ wanted.first) | ((second & mask.second) ^ wanted.second)) == 0;
  }
};

constexpr bool within(const Scope& scope, const Party& party) {
  return Keys::of(party).fits(Keys::of(scope), Keys::mask_of(scope));
}

// Does `scope` have at least the keys of `wanted`, with the same values?
constexpr bool contains(const Scope& wanted, const Scope& scope) {
  return within(wanted, {scope.symbol, scope.sector, scope.account, scope.strategy, scope.client});
}

enum class Reach : std::uint8_t { Symbol, Sector, All };  // what an exposure is added up over

struct CompiledLimit {
  Metric metric;
  Kind kind;
  ValueKind value_kind;
  Action action;
  View view;  // exposure and state: which cells and totals it reads
  Reach reach;
  bool each_symbol, each_sector, each_account, each_strategy, each_client;  // "*"
  bool each_any;
  Star star;
  std::uint8_t star_place;  // of a single "*": its key's place in its word
  bool dynamic;
  Keys star_mask;  // of a single "*": ones in its key's place
  Scope named;     // the keys that name one
  Keys named_keys, named_mask;
  LimitIndex index;
  std::int64_t warn;
  int128 configured_max;
  DurationNs window;
  std::int64_t factor, to;  // raw decimals: of `scale`, of `liquidate`
  ModelScale scale;         // of var, es and volatility
  std::uint32_t slot_base, slot_count;
  std::uint32_t symbol_stride, sector_stride, account_stride, strategy_stride, client_stride;
  std::uint32_t window_index;      // flow limits with a window: which of their log's (core/flow.h)
  std::uint32_t duplicates_index;  // of `duplicate`: whose counts
  std::uint32_t repetition_base;   // of `repeated_execution`: where its counts begin (core/repetitions.h)
  std::uint32_t moves_index;       // of those that follow prices: which of them (core/largest_move.h)
  std::uint8_t stale_index;        // of `stale_mark`: which of them (core/stale_marks.h)

  std::size_t slot_of(const Party& p) const {
    if (!each_any) return slot_base;
    return slot_base + at(p.symbol) * symbol_stride + at(p.sector) * sector_stride + at(p.account) * account_stride +
           at(p.strategy) * strategy_stride + at(p.client) * client_stride;
  }
  // Every key that is named is that party's, and every "*" key is known of it.
  bool covers(const Party& p) const {
    return Keys::of(p).fits(named_keys, named_mask) && (!each_any || every_star_known(p));
  }
  bool every_star_known(const Party& p) const {
    return !(each_symbol && at(p.symbol) == 0) && !(each_sector && at(p.sector) == 0) &&
           !(each_account && at(p.account) == 0) && !(each_strategy && at(p.strategy) == 0) &&
           !(each_client && at(p.client) == 0);
  }
  static constexpr std::size_t no_slot = SIZE_MAX;
  // The slot of whoever it covers; no_slot: it does not.
  std::size_t slot_if_covers(const Keys& keys) const {
    if (!keys.fits(named_keys, named_mask)) return no_slot;
    if (star == Star::None) return slot_base;
    if (star == Star::Several) return every_star_known(keys.party()) ? slot_of(keys.party()) : no_slot;
    const std::uint64_t key = ((keys.first & star_mask.first) | (keys.second & star_mask.second)) >> star_place;
    return key != 0 ? slot_base + key : no_slot;
  }
  void name_keys();  // after `named` and the "*" have been set
};

class Limits {
public:
  struct Step {  // one limit on the way of an order, as little of it as nearly every order needs
    std::uint32_t limit;
    std::uint32_t slot_base;
    Star star;
    Asks asks;
  };
  // The limits that a row touches, sorted by kind and then by file order.
  struct List {
    std::uint32_t begin, exposure, end;  // orders and flow come first
    std::uint8_t views;                  // bit v: an exposure or state limit of the list reads view v
    bool covered;                        // a limit of the kind exposure that does more than alert
  };

  std::vector<CompiledLimit> all;  // in the order of the file
  std::vector<Slot> slots;
  // By slot: what an order may ask for before anybody need look at the limit. A lower bound, so that nobody has to keep
  // it exact: orders and counts take from it, a look at the limit sets it anew.
  static constexpr std::int64_t no_room = -1;
  std::vector<std::int64_t> rooms;
  std::vector<Step> steps;  // of all lists
  std::vector<List> list_of_lists;
  std::vector<std::uint16_t> list_of_row;        // by row: which list
  std::vector<std::uint32_t> dividing;           // limits whose value moves with equity
  std::vector<std::uint32_t> scaling, dynamics;  // limits that scale, and those that are scaled
  std::vector<std::uint32_t> correlated;  // correlated exposures of a symbol: any position in the scope moves them
  std::vector<std::uint32_t> message_rates, open_orders, repetitions, breakers, price_moves, stale_marks;

  const List& list(std::size_t row) const { return list_of_lists[list_of_row[row]]; }
  void take_room(std::size_t slot, int128 amount) {
    rooms[slot] = amount <= rooms[slot] ? rooms[slot] - static_cast<std::int64_t>(amount) : no_room;
  }
  static std::int64_t room_of(int128 amount) {
    return amount < 0 ? no_room : amount < INT64_MAX ? static_cast<std::int64_t>(amount) : INT64_MAX - 1;
  }
  void set_max(const CompiledLimit& limit, std::size_t slot, int128 max);
  // What every order may ask for where nothing has been looked at yet.
  static std::int64_t first_room(const CompiledLimit& limit, int128 max);

  // Reads the rules; tells the book which sums it has to keep. Cold.
  void compile(const Rules& rules, const Names& names, Book& book, std::size_t client_count);
  // After the book has been laid out: which limits each row touches. Cold.
  void assign_rows(const Book& book, const Market& market);
  // Keeps warnings, breaches and overrides of limits that are still there, by name and scope. Cold.
  void carry(const Limits& old);

  // The slot of a limit that has exactly this scope; `slots.size()`: there is none.
  std::size_t find_slot(const CompiledLimit& limit, const Scope& on) const;
  void start_levels();
  void start_breaker(const CompiledLimit& limit);

private:
  void lay_out_slots(CompiledLimit& limit, const Names& names, std::size_t client_count);
};

// The portion of a scope's keys that a view adds up by.
constexpr View view_of(bool by_account, bool by_strategy) {
  return by_account ? (by_strategy ? View::Both : View::Account) : (by_strategy ? View::Strategy : View::Portfolio);
}

}  // namespace bulwark::core
