// SPDX-License-Identifier: Apache-2.0
// The book: what every strategy of every account holds in every symbol, and its sums over the scopes that limits name.
//
//   Row    (account, strategy, symbol)     position, cost, profit: the primary state
//   Cell   (view, group, symbol)           position and working orders added over everything in the group; the worst
//   case Total  (view, group[, sector])         the cells' worst cases added over symbols
//
// A view says by what positions are added up: for everything, by account, by strategy, or by both; a group is one of
// those. Sums are exact integers, so that adding and taking away never drifts from adding up anew.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "core/market.h"
#include "core/table.h"

namespace bulwark::core {

enum class View : std::uint8_t { Portfolio, Account, Strategy, Both };
inline constexpr std::size_t view_count = 4;

struct Row {
  bool live;  // has had a fill or an accepted order
  std::uint32_t next_of_symbol;
  std::int64_t position, working_buy, working_sell;
  int128 cost, realised, fees, unrealised;  // in the instrument's currency
  int128 profit, opening_profit;            // in base currency: now, and at the session's start
  int128 today() const { return profit - opening_profit; }
};

struct Cell {
  std::int64_t position, working_buy, working_sell;
  int128 longest_value, shortest_value;  // signed, of position + buys and of position - sells
  int128 today;
  bool counted_no_mark, counted_no_rate;
  std::uint8_t counted_stale;  // a bit for each `stale_mark` limit that counts it (core/stale_marks.h)
  bool unsettled;              // its working quantities have changed since it was valued (Book::settle)

  std::int64_t longest() const { return position + working_buy; }
  std::int64_t shortest() const { return position - working_sell; }
  bool empty() const { return position == 0 && working_buy == 0 && working_sell == 0; }
};

constexpr int128 positive(int128 a) { return a > 0 ? a : 0; }
constexpr int128 larger(int128 a, int128 b) { return a > b ? a : b; }

// What a cell is worth in the worst case, and what cells are worth together: every exposure limit reads one of these.
struct Worth {
  int128 gross, long_value, short_value, longest_sum, shortest_sum;
  std::uint32_t no_mark, no_rate;  // symbols in the scope that cannot be valued

  static Worth of(int128 longest_value, int128 shortest_value) {
    const int128 up = positive(longest_value), down = positive(-shortest_value);
    return {larger(up, down), up, down, longest_value, shortest_value, 0, 0};
  }
  static Worth of(const Cell& cell) {
    Worth worth = of(cell.longest_value, cell.shortest_value);
    worth.no_mark = cell.counted_no_mark ? 1 : 0;
    worth.no_rate = cell.counted_no_rate ? 1 : 0;
    return worth;
  }
  bool known() const { return no_mark == 0 && no_rate == 0; }
  int128 net() const { return larger(magnitude(longest_sum), magnitude(shortest_sum)); }

  Worth& operator+=(const Worth& by) {
    gross += by.gross;
    long_value += by.long_value;
    short_value += by.short_value;
    longest_sum += by.longest_sum;
    shortest_sum += by.shortest_sum;
    no_mark += by.no_mark;
    no_rate += by.no_rate;
    return *this;
  }
  friend Worth operator-(const Worth& a, const Worth& b) {
    return {a.gross - b.gross,
            a.long_value - b.long_value,
            a.short_value - b.short_value,
            a.longest_sum - b.longest_sum,
            a.shortest_sum - b.shortest_sum,
            a.no_mark - b.no_mark,
            a.no_rate - b.no_rate};
  }
};

struct Total {
  Worth worth;
  int128 today;
};

struct AccountState {
  int128 configured, deposits, profit, peak;
  std::uint32_t rows_without_rate;
  int128 equity() const { return configured + deposits + profit; }
};

// Whose row it is.
struct Owner {
  AccountIndex account;
  StrategyIndex strategy;
  SymbolIndex symbol;
};

class Book {
public:
  struct Used {
    bool cells = false, all = false, sectors = false;
  };
  std::size_t symbol_count = 1, strategy_count = 1, account_count = 1, sector_count = 1;
  std::array<Used, view_count> used;
  Table<Row> rows;
  std::vector<std::uint32_t> live_rows;            // in the order in which they came to life; capacity reserved
  std::vector<std::uint32_t> first_row_of_symbol;  // row + 1
  std::array<Table<Cell>, view_count> cells;
  std::array<Table<Total>, view_count> totals_all, totals_sector;
  std::uint64_t profit_moves = 0;      // how often a profit has changed
  std::vector<AccountState> accounts;  // by AccountIndex; [0] is the portfolio: the sum of all

  std::size_t row_index(AccountIndex a, StrategyIndex s, SymbolIndex i) const {
    return (at(a) * strategy_count + at(s)) * symbol_count + at(i);
  }
  std::size_t pair_index(AccountIndex a, SymbolIndex i) const { return at(a) * symbol_count + at(i); }
  AccountIndex account_of(std::size_t row) const {
    return static_cast<AccountIndex>(row / symbol_count / strategy_count);
  }
  StrategyIndex strategy_of(std::size_t row) const {
    return static_cast<StrategyIndex>(row / symbol_count % strategy_count);
  }
  SymbolIndex symbol_of(std::size_t row) const { return static_cast<SymbolIndex>(row % symbol_count); }

  Owner owner_of(std::size_t row) const { return {account_of(row), strategy_of(row), symbol_of(row)}; }

  std::size_t group(View view, AccountIndex a, StrategyIndex s) const {
    switch (view) {
      case View::Portfolio: return 0;
      case View::Account: return at(a);
      case View::Strategy: return at(s);
      case View::Both: return at(a) * strategy_count + at(s);
    }
    return 0;
  }
  std::size_t group_count(View view) const {
    switch (view) {
      case View::Portfolio: return 1;
      case View::Account: return account_count;
      case View::Strategy: return strategy_count;
      case View::Both: return account_count * strategy_count;
    }
    return 0;
  }
  Cell& cell(View view, std::size_t group_index, SymbolIndex i) {
    return cells[at(view)][group_index * symbol_count + at(i)];
  }
  const Cell& cell(View view, std::size_t group_index, SymbolIndex i) const {
    return cells[at(view)][group_index * symbol_count + at(i)];
  }
  Total& total(View view, std::size_t group_index) { return totals_all[at(view)][group_index]; }
  Total& sector_total(View view, std::size_t group_index, SectorIndex k) {
    return totals_sector[at(view)][group_index * sector_count + at(k)];
  }

  void allocate();

  void wake(std::size_t row, const Market& market);
  // Adds to the working quantity of a row and of the cells that contain it. What that is worth is worked out by
  // settle(): most orders are far from every limit, and nobody asks.
  void change_working(const Owner& owner, Side side, std::int64_t by, const Market& market);
  // Values the cells whose working quantities have changed. To be called before a cell's or a total's worth is read.
  void settle(const Market& market);
  // Applies an execution (contract, rule 9). Precondition: it can be applied, every number stays in its range.
  // Returns what it realised, where it took something away from the position.
  std::optional<int128> fill(std::size_t row, Side side, Quantity quantity, Price price, int128 fee,
                             const Market& market);
  bool can_fill(std::size_t row, Side side, Quantity quantity, Price price, int128 fee, const Market& market) const;
  // Values everything in a symbol again, after a mark or a rate.
  void revalue(SymbolIndex i, const Market& market);
  // The row's profit of this moment becomes the zero of its daily profit and loss.
  void start_session(std::size_t row, const Market& market);
  void follow_peaks();
  // From the rows alone: every cell, total and account again.
  void rebuild(const Market& market);

private:
  struct Execution {  // what a fill makes of a row
    std::int64_t position;
    int128 cost, realised, fees;
    bool fits;
  };
  Execution execution(std::size_t row, Side side, Quantity quantity, Price price, int128 fee,
                      const Market& market) const;
  template <class Change>
  void each_cell(std::size_t row, const Market& market, Change change);
  void value_cell(View view, std::size_t group_index, SymbolIndex i, const Market& market);
  void value_row(std::size_t row, const Market& market);
  void move_profit(std::size_t row, int128 profit, int128 opening_profit, SectorIndex sector);

  struct CellPlace {
    View view;
    SymbolIndex symbol;
    std::size_t group;
  };
  std::vector<CellPlace> unsettled_;  // capacity reserved
};

}  // namespace bulwark::core
