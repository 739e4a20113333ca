// SPDX-License-Identifier: Apache-2.0
#include "sidecar/process/risk_picture.h"

#include <algorithm>
#include <cmath>

namespace bulwark::process {

namespace {

using core::to_model;
using shm::RiskFigures;
using shm::RiskRow;

constexpr std::size_t shown_correlated_max = 16;  // the largest positions

// Profits of rows by whatever they belong to, and the exposure of what they add up to.
class Table {
public:
  explicit Table(std::size_t size) : rows_(size), used_(size) {}

  void add_profit(std::size_t group, const RiskRow& profit) {
    RiskRow& row = rows_[group];
    row.profit_today += profit.profit_today;
    row.realised += profit.realised;
    row.unrealised += profit.unrealised;
    used_[group] = true;
  }
  void add_exposure(std::size_t group, double amount, double component) {
    rows_[group].gross += std::abs(amount);
    rows_[group].net += amount;
    rows_[group].component_var += component;
  }
  // Without what nothing has ever happened in; nobody (0) is none.
  std::vector<RiskRow> rows() const {
    std::vector<RiskRow> result;
    for (std::size_t k = 1; k < rows_.size(); ++k) {
      if (!used_[k]) continue;
      result.push_back(rows_[k]);
      result.back().index = k;
    }
    return result;
  }

private:
  std::vector<RiskRow> rows_;
  std::vector<bool> used_;
};

class Picture {
public:
  Picture(const core::Engine& engine, LiveBook& book)
      : engine_(engine),
        book_(book),
        marginal_(book.has_model() ? book.risk().marginal_var() : Eigen::VectorXd{}),
        symbols_(engine.names().symbols.size()),
        sectors_(engine.names().sectors.size()),
        accounts_(engine.names().accounts.size()),
        strategies_(engine.names().strategies.size()) {}

  std::vector<std::uint64_t> paint(const shm::RiskBacktest& backtest) {
    figures_.layout = shm::risk_layout;
    figures_.figures_words = sizeof(RiskFigures) / 8;
    figures_.t_ns = engine_.started() ? engine_.now().ns : 0;
    figures_.known = book_.known();
    figures_.why_not = Sentence::from(book_.why_not());
    figures_.backtest = backtest;
    add_profits();
    add_exposures();
    add_equity();
    add_model();
    if (book_.has_model()) add_measures();
    return words();
  }

private:
  bool knows(std::uint64_t what) const { return (book_.known() & what) != 0; }
  double component(const Holding& held) const {
    return knows(shm::risk_known::parametric) ? held.amount * marginal_[static_cast<Eigen::Index>(at(held.symbol))] : 0;
  }

  void add_profits() {
    const core::Book& book = engine_.book();
    for (const std::uint32_t index : book.live_rows) {
      const core::Row& row = book.rows[index];
      const core::Symbol& symbol = engine_.market().symbols[at(book.symbol_of(index))];
      const double rate = symbol.has_rate ? to_model(symbol.rate) : 0;
      RiskRow profit{};
      profit.profit_today = to_model(row.today());
      profit.realised = to_model(row.realised) * rate;
      profit.unrealised = to_model(row.unrealised) * rate;
      figures_.profit_today += profit.profit_today;
      figures_.realised += profit.realised;
      figures_.unrealised += profit.unrealised;
      figures_.fees += to_model(row.fees) * rate;
      symbols_.add_profit(at(book.symbol_of(index)), profit);
      sectors_.add_profit(at(symbol.sector), profit);
      accounts_.add_profit(at(book.account_of(index)), profit);
      strategies_.add_profit(at(book.strategy_of(index)), profit);
    }
  }

  void add_exposures() {
    for (const Holding& held : book_.holdings()) {
      figures_.gross += std::abs(held.amount);
      figures_.net += held.amount;
      (held.amount > 0 ? figures_.long_value : figures_.short_value) += std::abs(held.amount);
      symbols_.add_exposure(at(held.symbol), held.amount, component(held));
      sectors_.add_exposure(at(engine_.market().symbols[at(held.symbol)].sector), held.amount, component(held));
    }
    const core::Book& book = engine_.book();
    for (const Holding& held : holdings_of(engine_, [&](std::uint32_t row) { return at(book.account_of(row)); }))
      accounts_.add_exposure(held.group, held.amount, component(held));
    for (const Holding& held : holdings_of(engine_, [&](std::uint32_t row) { return at(book.strategy_of(row)); }))
      strategies_.add_exposure(held.group, held.amount, component(held));
  }

  void add_equity() {
    const core::AccountState& all = engine_.book().accounts[0];
    if (!knows(shm::risk_known::profit)) return;
    figures_.equity = to_model(all.equity());
    figures_.peak = to_model(all.peak);
    if (figures_.peak > 0) figures_.drawdown = std::max(0.0, 1 - figures_.equity / figures_.peak);
  }

  void add_model() {
    const core::RiskModel& model = engine_.risk().model();
    const model::Backing& backing = book_.backing();
    shm::RiskModelFacts& facts = figures_.model;
    facts.version = model.present() ? model.version() : 0;
    if (model.regime()) {
      facts.regime_probability = model.regime()->probability;
      facts.regime_seen_ns = model.regime()->seen.ns;
    }
    facts.built_ns = backing.built_ns;
    facts.built = backing.built;
    facts.refused = backing.refused;
    facts.refusal = Sentence::from(backing.refusal);
    if (backing.version == facts.version) {  // else these days are not yet, or no longer, those of the model in force
      facts.days = static_cast<std::uint32_t>(backing.returns.rows());
      facts.first_date = Text<10>::from(backing.first_date);
      facts.last_date = Text<10>::from(backing.last_date);
    }
    for (std::size_t k = 1; model.present() && k < engine_.names().symbols.size(); ++k)
      facts.lacking += model.estimate(SymbolIndex(k)).known ? 0 : 1;
    const core::MarketState& market = engine_.market_state();
    if (!market.used()) return;
    figures_.market_factor = to_model(market.factor());
    figures_.market_inputs = market.inputs();
  }

  void add_measures() {
    const analytics::LiveFigures live = book_.risk().figures();
    figures_.confidence = book_.risk().model().confidence;
    if (knows(shm::risk_known::parametric)) {
      figures_.deviation = live.deviation;
      figures_.parametric_var = live.parametric.var;
      figures_.parametric_es = live.parametric.es;
      add_correlations();
    }
    if (knows(shm::risk_known::historical)) {
      figures_.historical_var = live.historical.var;
      figures_.historical_es = live.historical.es;
      figures_.filtered_var = live.filtered.var;
      figures_.filtered_es = live.filtered.es;
    }
    if (!knows(shm::risk_known::stress)) return;
    figures_.worst_loss = live.worst_loss;
    figures_.worst_scenario = static_cast<std::uint64_t>(live.worst_scenario + 1);
    const Eigen::VectorXd losses = book_.risk().stress_losses();
    for (Eigen::Index k = 0; k < losses.size(); ++k) {
      const auto& names = book_.backing().scenarios;
      const auto place = static_cast<std::size_t>(k);
      const std::string name = place < names.size() ? names[place] : "scenario " + std::to_string(place + 1);
      scenarios_.push_back({Name::from(name), losses[k]});
    }
  }

  void add_correlations() {
    std::vector<Holding> largest = book_.holdings();
    const std::size_t count = std::min(largest.size(), shown_correlated_max);
    std::partial_sort(largest.begin(), largest.begin() + static_cast<std::ptrdiff_t>(count), largest.end(),
                      [](const Holding& a, const Holding& b) { return std::abs(a.amount) > std::abs(b.amount); });
    std::vector<Eigen::Index> columns;
    for (std::size_t k = 0; k < count; ++k) columns.push_back(static_cast<Eigen::Index>(at(largest[k].symbol)));
    const Eigen::MatrixXd found = book_.risk().correlation(columns);
    for (const Eigen::Index column : columns) correlated_.push_back(static_cast<std::uint64_t>(column));
    correlations_.assign(found.data(), found.data() + found.size());
  }

  std::vector<std::uint64_t> words() {
    const auto count = [](const auto& rows) { return static_cast<std::uint32_t>(rows.size()); };
    const std::vector<RiskRow> tables[] = {symbols_.rows(), sectors_.rows(), accounts_.rows(), strategies_.rows()};
    figures_.symbols = count(tables[0]);
    figures_.sectors = count(tables[1]);
    figures_.accounts = count(tables[2]);
    figures_.strategies = count(tables[3]);
    figures_.scenarios = count(scenarios_);
    figures_.correlated = count(correlated_);
    std::vector<std::uint64_t> result;
    const auto append = [&result](const void* from, std::size_t bytes) {
      const std::size_t before = result.size();
      result.resize(before + bytes / 8);
      if (bytes != 0) std::memcpy(result.data() + before, from, bytes);
    };
    append(&figures_, sizeof figures_);
    for (const std::vector<RiskRow>& table : tables) append(table.data(), table.size() * sizeof(RiskRow));
    append(scenarios_.data(), scenarios_.size() * sizeof(shm::RiskScenario));
    append(correlated_.data(), correlated_.size() * sizeof(std::uint64_t));
    append(correlations_.data(), correlations_.size() * sizeof(double));
    return result;
  }

  const core::Engine& engine_;
  LiveBook& book_;
  const Eigen::VectorXd marginal_;
  RiskFigures figures_{};
  Table symbols_, sectors_, accounts_, strategies_;
  std::vector<shm::RiskScenario> scenarios_;
  std::vector<std::uint64_t> correlated_;
  std::vector<double> correlations_;
};

}  // namespace

std::string rate_lacking(const core::Engine& engine) {
  const core::Book& book = engine.book();
  if (book.accounts[0].rows_without_rate == 0) return {};
  for (const std::uint32_t row : book.live_rows) {
    const core::Symbol& symbol = engine.market().symbols[at(book.symbol_of(row))];
    if (!symbol.has_rate) return engine.names().currencies.name(symbol.currency) + " has no rate";
  }
  return "a currency has no rate";
}

std::uint64_t picture_words_max(const core::Engine& engine) {
  const core::Names& names = engine.names();
  const std::size_t rows =
      names.symbols.size() + names.sectors.size() + names.accounts.size() + names.strategies.size();
  return sizeof(RiskFigures) / 8 + rows * sizeof(RiskRow) / 8 +
         core::scenario_count_max * sizeof(shm::RiskScenario) / 8 + shm::correlated_max * (shm::correlated_max + 1);
}

std::vector<std::uint64_t> picture_of(const core::Engine& engine, LiveBook& book, const shm::RiskBacktest& backtest) {
  return Picture(engine, book).paint(backtest);
}

}  // namespace bulwark::process
