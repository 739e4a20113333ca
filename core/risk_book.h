// SPDX-License-Identifier: Apache-2.0
// What the risk model says of the positions in each scope: sums over symbols that a limit reads in the time that it
// takes to read a row, however many symbols there are.
//
// Sums are doubles that follow each position by differences. A scope that holds nothing starts again at nothing; after
// so many changes, and after a fall to so small a part of what it was that rounding would show, it is added up anew
// from its positions. How far it had drifted by then is kept, and told where it is more than rounding explains.
#pragma once

#include <array>
#include <utility>

#include "core/book.h"
#include "core/limits.h"
#include "core/risk_model.h"

namespace bulwark::core {

// The numbers of one scope beside its sums.
struct RiskTotals {
  double variance, residual, own_residual;  // of a day; of it what no factor explains; the same of the correlation
  std::uint32_t held, without_estimate, without_move;  // symbols with a position, and what the model lacks of them
  std::uint32_t changes;                               // since it was added up
  double peak;                                         // of the variance, likewise
};

// A scope, and one symbol in it whose position is still open.
struct RiskPlace {
  const double* sums;
  const RiskTotals* totals;
  SymbolIndex symbol;
  double held;  // of the symbol, counted in the sums
};

// A measure of a place as a function of how much of its symbol is held.
class RiskOutlook {
public:
  RiskOutlook(const RiskModel& model, Metric metric, const RiskPlace& place);
  double at(double amount) const;

private:
  double deviation(double amount) const;
  double stress_loss(double amount) const;

  const RiskModel& model_;
  const Metric metric_;
  const RiskPlace& place_;
  const double* const row_;
  double slope_ = 0;  // of the half variance, or what the others come to
};

class RiskBook {
public:
  // Says which sums the limits read (and, for risk budgets, those of strategies), and asks the book for what goes with
  // them; lays them out. Before the book is laid out, after its counts are set. `model` becomes the old one. Cold.
  void configure(const Rules& rules, RiskModel& model, const Limits& limits, Book& book);

  const RiskModel& model() const { return model_; }
  bool used() const { return used_any_; }
  // Brings the sums up to the position of a row's cells, after a fill, a mark or a rate. False: none has moved.
  bool follow(std::size_t row, const Book& book, const Market& market);

  // The scope of a view's group (and sector); over one symbol the scope is empty but for it.
  RiskPlace place(View view, Reach reach, std::size_t group, SectorIndex sector, SymbolIndex symbol, bool meets) const;
  // The largest correlated exposure of the symbols held in a scope. Takes time with each symbol.
  double largest_correlated(View view, Reach reach, std::size_t group, SectorIndex sector, const Market& market) const;
  // No correlated exposure in the scope is larger than this.
  double correlated_at_most(const RiskPlace& place) const;
  double held(View view, std::size_t group, SymbolIndex symbol) const {
    return held_[bulwark::at(view)][group * symbol_count_ + bulwark::at(symbol)];
  }
  DailyVariance daily_variance(SymbolIndex symbol) const {
    return {model_.present() ? model_.estimate(symbol).variance : 0};
  }
  double drift() const { return drift_; }  // the largest that was found, as a share of the variance at its peak
  bool take_alarm() { return std::exchange(alarm_, false); }  // one was larger than rounding explains

private:
  friend struct RiskState;

  struct Sums {
    Table<double> columns;
    Table<RiskTotals> totals;
  };
  void move(Sums& sums, std::size_t scope, SymbolIndex symbol, double was, double now);
  static bool is_worn(const RiskTotals& totals);
  void add_up(Sums& sums, std::size_t scope, View view, std::size_t group, SectorIndex sector, const Market& market);
  const double* columns_of(const Sums& sums, std::size_t scope) const;

  RiskModel model_;
  bool used_any_ = false;
  std::size_t symbol_count_ = 1, sector_count_ = 1;
  std::array<Book::Used, view_count> used_;
  std::array<Table<double>, view_count> held_;  // money, by group and symbol
  std::array<Sums, view_count> all_, sectors_;
  Sums none_;  // of a scope that is empty
  double drift_ = 0;
  bool alarm_ = false;
};

}  // namespace bulwark::core
