// SPDX-License-Identifier: Apache-2.0
#include "sidecar/process/live_book.h"

#include <algorithm>

#include "shm/risk_page.h"
#include "sidecar/process/risk_picture.h"

namespace bulwark::process {

static constexpr std::size_t moves_max = 4'096;  // before rounding is added up anew

void LiveBook::follow(const core::Engine& engine, std::shared_ptr<const model::Backing> backing) {
  const core::RiskModel& model = engine.risk().model();
  const std::uint64_t version = model.present() ? model.version() : 0;
  const std::size_t symbols = engine.names().symbols.size();
  if (version != version_ || symbols != symbol_count_ || backing != backing_) {
    backing_ = std::move(backing);
    version_ = version;
    symbol_count_ = symbols;
    rebuild(engine);
  }
  holdings_ = holdings_of(engine, [](std::uint32_t) { return std::size_t{0}; });
  find_known(engine);
  if (risk_) move_amounts(engine);
}

// The gate's own factors and scenarios, as the engine holds them; the days behind them where they belong together.
void LiveBook::rebuild(const core::Engine& engine) {
  risk_.reset();
  has_returns_.assign(symbol_count_, false);
  if (version_ == 0) return;
  const core::RiskModel& model = engine.risk().model();
  const auto count = static_cast<Eigen::Index>(symbol_count_);
  const bool backed = backing_->version == version_;
  analytics::LiveModel live;
  live.confidence = backing_->confidence;  // also where its days are not, or no longer, those of the model in force
  live.lambda = backing_->lambda;
  live.loadings.resize(static_cast<Eigen::Index>(model.factor_count()), count);
  live.shocks.resize(static_cast<Eigen::Index>(model.scenario_count()), count);
  live.residuals = Eigen::VectorXd::Zero(count);
  for (Eigen::Index k = 0; k < count; ++k) {
    const auto symbol = static_cast<SymbolIndex>(k);
    const double* row = model.row(symbol);
    live.loadings.col(k) = Eigen::Map<const Eigen::VectorXd>(row, live.loadings.rows());
    live.shocks.col(k) = Eigen::Map<const Eigen::VectorXd>(row + model.scenario_column(), live.shocks.rows());
    live.residuals[k] = model.estimate(symbol).residual;
  }
  live.returns = Eigen::MatrixXd::Zero(backed ? backing_->returns.rows() : 0, count);
  for (std::size_t k = 0; backed && k < backing_->symbols.size(); ++k) {
    const SymbolIndex symbol = engine.names().symbols.find(backing_->symbols[k]);
    if (symbol == SymbolIndex::None) continue;
    live.returns.col(static_cast<Eigen::Index>(at(symbol))) = backing_->returns.col(static_cast<Eigen::Index>(k));
    has_returns_[at(symbol)] = true;
  }
  risk_.emplace(std::move(live));
  moves_ = moves_max;
}

// What is missing makes every measure that rests on it unknown: half a book's risk looks like a whole one's.
void LiveBook::find_known(const core::Engine& engine) {
  using namespace shm::risk_known;
  const core::RiskModel& model = engine.risk().model();
  known_ = exposure | profit | (risk_ ? parametric | historical | stress : 0);
  why_not_.clear();
  const auto lacks = [&](std::uint64_t what, const std::string& why) {
    known_ &= ~what;
    if (why_not_.empty()) why_not_ = why;
  };
  constexpr std::uint64_t all = exposure | profit | parametric | historical | stress;
  const core::Book& book = engine.book();
  if (const std::string why = rate_lacking(engine); !why.empty()) lacks(profit, why);
  for (const std::uint32_t row : book.live_rows) {  // also where the rows of a symbol come to nothing together
    const core::Symbol& symbol = engine.market().symbols[at(book.symbol_of(row))];
    if (book.rows[row].position == 0 || symbol.valued()) continue;
    lacks(all, engine.names().symbols.name(book.symbol_of(row)) + (symbol.has_mark ? ": no rate" : ": no mark"));
  }
  if (!risk_) return lacks(parametric | historical | stress, "there is no model");
  for (const Holding& held : holdings_) {
    const std::string& name = engine.names().symbols.name(held.symbol);
    const core::RiskModel::Estimate& estimate = model.estimate(held.symbol);
    if (!estimate.known) lacks(parametric | historical, "the model lacks " + name);
    if (!estimate.moved && model.scenario_count() != 0) lacks(stress, "no scenario says what becomes of " + name);
    if (!has_returns_[at(held.symbol)]) lacks(historical, "there are no days of " + name + " behind the model");
  }
  if (risk_->model().returns.rows() == 0) lacks(historical, "there are no days behind the model in force");
  if (model.scenario_count() == 0) lacks(stress, "there are no scenarios");
}

void LiveBook::move_amounts(const core::Engine& engine) {
  amounts_ = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(engine.names().symbols.size()));
  for (const Holding& held : holdings_) amounts_[static_cast<Eigen::Index>(at(held.symbol))] = held.amount;
  const auto moved = static_cast<std::size_t>((amounts_.array() != risk_->amounts().array()).count());
  if (moved == 0) return;
  moves_ += moved;
  if (moves_ > moves_max || moved > symbol_count_ / 4) {
    risk_->set(amounts_);
    moves_ = 0;
    return;
  }
  for (Eigen::Index k = 0; k < amounts_.size(); ++k) {
    if (amounts_[k] != risk_->amounts()[k]) risk_->move(k, amounts_[k]);
  }
}

}  // namespace bulwark::process
