// SPDX-License-Identifier: Apache-2.0
#include "core/risk_book.h"

#include <algorithm>
#include <cmath>

namespace bulwark::core {

static constexpr std::uint32_t changes_max = 1 << 16;  // of a scope, before it is added up anew
static constexpr double fall_max = 1'000;              // of its variance from its peak, likewise
static constexpr double drift_max = 1e-9;              // of that peak, before somebody has to know

void RiskBook::configure(const Rules& rules, RiskModel& model, const Limits& limits, Book& book) {
  std::swap(model_, model);
  symbol_count_ = book.symbol_count;
  sector_count_ = book.sector_count;
  used_ = {};
  for (const CompiledLimit& limit : limits.all) {
    if (limit.kind != Kind::Model) continue;
    used_[at(limit.view)].all |= limit.reach == Reach::All;
    used_[at(limit.view)].sectors |= limit.reach == Reach::Sector;
  }
  for (const Strategy& strategy : rules.strategies) used_[at(View::Strategy)].all |= strategy.risk_budget.has_value();
  const auto make = [this](std::size_t scopes) {
    return Sums{Table<double>(scopes * model_.columns()), Table<RiskTotals>(scopes)};
  };
  none_ = make(1);
  used_any_ = false;
  for (std::size_t v = 0; v < view_count; ++v) {
    Book::Used& used = used_[v];
    book.used[v].all |= used.all;
    book.used[v].sectors |= used.sectors;
    used.cells = model_.present() && (used.all || used.sectors);
    if (!used.cells) continue;
    used_any_ = true;
    const std::size_t groups = book.group_count(static_cast<View>(v));
    held_[v] = Table<double>(groups * symbol_count_);
    if (used.all) all_[v] = make(groups);
    if (used.sectors) sectors_[v] = make(groups * sector_count_);
  }
}

bool RiskBook::follow(std::size_t row, const Book& book, const Market& market) {
  const SymbolIndex i = book.symbol_of(row);
  const Symbol& symbol = market.symbols[at(i)];
  bool moved = false;
  for (std::size_t v = 0; v < view_count; ++v) {
    if (!used_[v].cells) continue;
    const View view = static_cast<View>(v);
    const std::size_t group = book.group(view, book.account_of(row), book.strategy_of(row));
    const std::int64_t position = book.cell(view, group, i).position;
    double& held = held_[v][group * symbol_count_ + at(i)];
    const double was = held, now = symbol.valued() ? to_model(symbol.value(position)) : 0;
    if (was == now) continue;
    moved = true;
    held = now;
    const std::size_t in_sector = group * sector_count_ + at(symbol.sector);
    if (used_[v].all) {
      move(all_[v], group, i, was, now);
      if (is_worn(all_[v].totals[group])) add_up(all_[v], group, view, group, SectorIndex::None, market);
    }
    if (used_[v].sectors) {
      move(sectors_[v], in_sector, i, was, now);
      if (is_worn(sectors_[v].totals[in_sector])) {
        add_up(sectors_[v], in_sector, view, group, symbol.sector, market);
      }
    }
  }
  return moved;
}

void RiskBook::move(Sums& sums, std::size_t scope, SymbolIndex symbol, double was, double now) {
  const RiskModel::Estimate& estimate = model_.estimate(symbol);
  RiskTotals& totals = sums.totals[scope];
  double* columns = sums.columns.data() + scope * model_.columns();
  const auto count = [&](std::uint32_t& number) { number += (now != 0 ? 1U : 0U) - (was != 0 ? 1U : 0U); };
  count(totals.held);
  if (!estimate.known) count(totals.without_estimate);
  if (!estimate.moved) count(totals.without_move);
  ++totals.changes;
  if (totals.held == 0) {
    std::fill_n(columns, model_.columns(), 0.0);
    totals.variance = totals.residual = totals.own_residual = totals.peak = 0;
    return;
  }
  const double by = now - was, square_by = by * (now + was);
  const double* row = model_.row(symbol);
  for (std::size_t k = 0; k < model_.columns(); ++k) columns[k] += by * row[k];
  totals.residual += estimate.residual * square_by;
  totals.own_residual += estimate.own_residual * square_by;
  totals.variance = dot(columns, columns, model_.factor_count()) + totals.residual;
  totals.peak = std::max(totals.peak, totals.variance);
}

bool RiskBook::is_worn(const RiskTotals& totals) {
  return totals.changes >= changes_max || totals.variance * fall_max < totals.peak;
}

void RiskBook::add_up(Sums& sums, std::size_t scope, View view, std::size_t group, SectorIndex sector,
                      const Market& market) {
  RiskTotals& totals = sums.totals[scope];
  double* columns = sums.columns.data() + scope * model_.columns();
  const double before = totals.variance, peak = totals.peak;
  totals = {};
  std::fill_n(columns, model_.columns(), 0.0);
  for (std::size_t k = 1; k < symbol_count_; ++k) {
    const SymbolIndex symbol{static_cast<std::uint32_t>(k)};
    if (sector != SectorIndex::None && market.symbols[k].sector != sector) continue;
    if (const double amount = held(view, group, symbol); amount != 0) move(sums, scope, symbol, 0, amount);
  }
  totals.changes = 0;
  totals.peak = totals.variance;
  if (peak == 0) return;
  const double drift = std::abs(before - totals.variance) / peak;  // sums round as they did when they were largest
  drift_ = std::max(drift_, drift);
  alarm_ = alarm_ || !(drift <= drift_max);
}

const double* RiskBook::columns_of(const Sums& sums, std::size_t scope) const {
  return &sums.columns[scope * model_.columns()];
}

RiskPlace RiskBook::place(View view, Reach reach, std::size_t group, SectorIndex sector, SymbolIndex symbol,
                          bool meets) const {
  if (reach == Reach::Symbol || !used_any_) return {columns_of(none_, 0), &none_.totals[0], symbol, 0};
  const std::size_t scope = reach == Reach::All ? group : group * sector_count_ + at(sector);
  const Sums& sums = reach == Reach::All ? all_[at(view)] : sectors_[at(view)];
  return {columns_of(sums, scope), &sums.totals[scope], symbol, meets ? held(view, group, symbol) : 0};
}

double RiskBook::largest_correlated(View view, Reach reach, std::size_t group, SectorIndex sector,
                                    const Market& market) const {
  double largest = 0;
  for (std::size_t k = 1; used_any_ && k < symbol_count_; ++k) {
    const SymbolIndex symbol{static_cast<std::uint32_t>(k)};
    if (reach == Reach::Sector && market.symbols[k].sector != sector) continue;
    const RiskPlace one = place(view, reach, group, sector, symbol, true);
    if (one.held == 0) continue;
    largest = std::max(largest, RiskOutlook(model_, Metric::CorrelatedExposure, one).at(one.held));
  }
  return largest;
}

// Each is the book's product with a vector of length 1 in the space of the factors and of what they leave.
double RiskBook::correlated_at_most(const RiskPlace& place) const {
  const double* sums = place.sums + model_.correlation_column();
  return std::sqrt(dot(sums, sums, model_.factor_count()) + place.totals->own_residual) * (1 + 1e-9);
}

RiskOutlook::RiskOutlook(const RiskModel& model, Metric metric, const RiskPlace& place)
    : model_(model), metric_(metric), place_(place), row_(model.row(place.symbol)) {
  const RiskModel::Estimate& estimate = model.estimate(place.symbol);
  if (metric == Metric::CorrelatedExposure) {
    const std::size_t column = model.correlation_column();
    slope_ = dot(row_ + column, place.sums + column, model.factor_count()) - (1 - estimate.own_residual) * place.held;
  } else if (metric != Metric::StressLoss) {
    slope_ = dot(row_, place.sums, model.factor_count()) + estimate.residual * place.held;
  }
}

double RiskOutlook::at(double amount) const {
  switch (metric_) {
    case Metric::CorrelatedExposure: return std::abs(slope_ + amount);
    case Metric::StressLoss: return stress_loss(amount);
    default: return deviation(amount);
  }
}

double RiskOutlook::deviation(double amount) const {
  const double by = amount - place_.held;
  const double variance = place_.totals->variance + 2 * by * slope_ + by * by * model_.estimate(place_.symbol).variance;
  return variance > 0 ? std::sqrt(variance) : 0;
}

double RiskOutlook::stress_loss(double amount) const {
  const double by = amount - place_.held;
  double worst = 0;
  for (std::size_t k = model_.scenario_column(); k < model_.columns(); ++k) {
    worst = std::max(worst, -(place_.sums[k] + by * row_[k]));
  }
  return worst;
}

}  // namespace bulwark::core
