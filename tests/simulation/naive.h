// SPDX-License-Identifier: Apache-2.0
// A second telling of the engine's rules from the contract, in C++ and as naive as can be: maps, lists of orders and of
// what happened, 128-bit sums made anew for every question, nothing kept up to date. It covers positions, working
// orders, reservations, locates, profit and peaks, latches, overrides and the limits of the kinds order, flow, exposure
// and state; tests/model tells all of it, and a hundred times slower.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/event.h"
#include "core/metric.h"
#include "core/rules.h"

namespace bulwark::naive {

int128 round8(int128 a, int128 b);
int128 rounded_quotient(int128 a, int128 b);

struct Party {
  SymbolIndex symbol{};
  SectorIndex sector{};
  AccountIndex account{};
  StrategyIndex strategy{};
  ClientIndex client{};
};

struct Order {
  Party party;
  Side side;
  bool market = false, reduce_only = false, asked = false, done = false;
  std::int64_t quantity, price, filled = 0;
  struct Waiting {
    std::string id;
    std::int64_t quantity, price;
    bool market;
  };
  std::optional<Waiting> waiting;
  std::string id;  // by which the market knows it now
  std::set<std::string> ids, withdrawn, execs;
  std::int64_t located = 0;
  int located_session = 0, done_session = 0;

  Order(const Party& of, Side on, std::int64_t units, std::int64_t at)
      : party(of), side(on), quantity(units), price(at) {}
  std::int64_t reserved() const;
};

struct Row {
  std::int64_t position = 0;
  int128 cost = 0, realised = 0, fees = 0, opening = 0;
};

struct Happening {  // an accepted order or a message
  std::int64_t t;
  Party party;
  Side side;
  bool market, replace;
  std::int64_t quantity, price;
  int128 notional;
};

struct Latch {
  Scope on;
  State state;
  std::string cause;
};

// What somebody wants to have judged.
struct Ask {
  Party party;
  Side side;
  bool market, replace, reduce_only;
  std::int64_t quantity, total, price, held, reducible;
};

struct Level {
  int128 value = 0, divisor = unit;
  Reason cannot = Reason::None;  // NoMark, NoFx; Limit: another input is missing
};

struct Limit {
  core::Limit rule;
  core::Kind kind;
  Scope named;
  bool each_symbol, each_sector, each_account, each_strategy, each_client;
};

class Naive {
public:
  explicit Naive(const core::Rules& rules);

  core::EventError apply(const core::Event& event);
  std::optional<core::Verdict> verdict;  // of the last event
  std::vector<std::string> asked;        // orders that the last event asked to be cancelled

  const std::vector<Latch>& latches() const { return latches_; }
  const std::map<std::tuple<AccountIndex, StrategyIndex, SymbolIndex>, Row>& rows() const { return rows_; }
  int128 profit(SymbolIndex symbol, const Row& row) const;
  std::int64_t working(const std::tuple<AccountIndex, StrategyIndex, SymbolIndex>& key, Side side) const;
  int128 equity(AccountIndex account) const;  // None: of all
  int128 peak(AccountIndex account) const { return peaks_.at(account); }
  // What a limit says of a scope, no order pending.
  Value reading(std::size_t limit, const Scope& on) const;
  int128 max_of(std::size_t limit, const Scope& on) const;

private:
  struct Instrument {
    core::Instrument rule;
    SectorIndex sector;
    std::size_t currency;
    bool restricted = false;
    std::int64_t reference = 0, marked = 0;  // 0: no mark
    std::int64_t locate_units = 0, locate_used = 0;
  };
  struct Currency {
    std::string name;
    std::int64_t rate = 0, when = 0;  // 0: no rate
    bool marked = false;
  };
  struct Cell {
    std::int64_t position = 0, buys = 0, sells = 0;
  };
  struct Found {
    Order* order = nullptr;
    bool ambiguous = false;
  };
  struct Override {
    int128 max;
    std::int64_t until;
  };
  struct Objection {
    std::size_t limit;
    Reason reason;
    Value value;
  };
  using SlotKey = std::tuple<std::size_t, SymbolIndex, SectorIndex, AccountIndex, StrategyIndex, ClientIndex>;
  static SlotKey key_of(std::size_t limit, const Scope& on) {
    return {limit, on.symbol, on.sector, on.account, on.strategy, on.client};
  }

  // naive.cpp
  void take_names(const core::Rules& rules);
  void take_limits(const core::Rules& rules);
  std::size_t currency_of(const std::string& name);
  core::EventError error_of(const core::Event& event);
  core::EventError error_of(const core::ControlEvent& control, std::int64_t t, bool rolls) const;
  void pass_time(std::int64_t t);
  void carry_out(const core::Event& event);
  void apply(const core::ControlEvent& control);
  void apply(const core::EquityEvent& equity);
  void latch(const Scope& on, State state, const std::string& cause);
  void review();

  // naive_orders.cpp
  Found find(const std::string& id, ClientIndex client, int session);
  void apply(const core::IntentEvent& intent);
  void apply(const core::ReplaceEvent& replace);
  void apply(const core::FillEvent& fill);
  void ack(const core::OrderEvent& ack);
  void done(const core::OrderEvent& done);
  void settle(Order& order);
  void book(const Order& order, const core::FillEvent& fill);
  void ask_for_excess(const Party& party);
  Party known(const core::IntentEvent& intent) const;
  void refuse(Reason reason, const Scope* on = nullptr);
  const Scope* latched(const Party& party, State state) const;
  bool refused_by_gate(const Party& party, core::Gate gate);
  bool refused_by_rule(Ask& ask);
  std::int64_t locate_needed(const Ask& ask) const;
  std::int64_t reducible(const Ask& ask) const;
  void message(const Party& party);
  void enter(const Ask& ask, std::int64_t quantity);
  void judge(const Ask& ask, Resize wish);

  // naive_limits.cpp
  bool covers(const Limit& limit, const Party& party) const;
  Scope scope_of(const Limit& limit, const Party& party) const;
  std::vector<Scope> scopes_of(const Limit& limit) const;
  std::vector<Objection> objections(const Ask& ask, std::int64_t quantity) const;
  bool objects(std::size_t limit, const Ask& ask, std::int64_t quantity, Objection& objection) const;
  Level of_order(const Limit& limit, const Ask& ask, std::int64_t quantity) const;
  Level of_flow(const Limit& limit, const Ask& ask, std::int64_t quantity) const;
  Level of_state(const Limit& limit, const Scope& on) const;
  Level of_exposure(const Limit& limit, const Scope& on, const Ask* ask, std::int64_t quantity) const;
  Level worth(Metric metric, const std::map<SymbolIndex, Cell>& cells) const;
  std::map<SymbolIndex, Cell> cells(const Scope& on) const;
  int128 divisor(AccountIndex account) const;
  int128 value(SymbolIndex symbol, int128 quantity, int128 price) const;
  int128 notional(const Ask& ask, std::int64_t quantity) const;
  std::int64_t price_of(const Ask& ask) const;
  bool has_rate(const Instrument& instrument) const { return currencies_[instrument.currency].rate != 0; }
  const Instrument& instrument(SymbolIndex symbol) const { return instruments_[at(symbol) - 1]; }

  core::Rules rules_;
  std::vector<Instrument> instruments_;
  std::vector<Currency> currencies_;
  std::vector<std::string> sectors_, clients_;
  std::vector<Limit> limits_;

  std::int64_t now_ = INT64_MIN, next_session_ = 0;
  int session_ = 1;
  std::map<std::uint64_t, Order> orders_, done_;          // by the number of their acceptance
  std::map<std::string, std::set<std::uint64_t>> named_;  // by id: the orders that have, or had, it
  std::uint64_t accepted_ = 0;
  std::map<std::tuple<AccountIndex, StrategyIndex, SymbolIndex>, Row> rows_;
  std::map<AccountIndex, int128> deposits_, peaks_;
  std::deque<Happening> messages_, accepted_orders_;
  std::map<SlotKey, Override> overrides_;
  std::set<SlotKey> breached_;
  std::vector<Latch> latches_;
  std::vector<std::pair<std::size_t, Scope>> acting_;
};

// Is the party inside the scope?
bool within(const Scope& scope, const Party& party);

}  // namespace bulwark::naive
