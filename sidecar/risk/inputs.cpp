// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/analytics/returns.h"
#include "sidecar/config/spelling.h"
#include "sidecar/risk/columns.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/prices.h"
#include "sidecar/risk/quality.h"

namespace bulwark::risk {

namespace {

constexpr double amount_min = 1e-15, amount_max = 1e15;  // beyond them squares are no doubles

void read_positions(const std::string& path, Inputs& inputs) {
  const Columns columns(path);
  inputs.money = columns.has("quantity");
  const char* amount = inputs.money ? "quantity" : "weight";
  if (inputs.money && columns.has("weight"))
    throw Mistake(path + ":1: has both \"quantity\" and \"weight\"; needed is one of them");
  const bool by_strategy = columns.has("strategy");
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t row = 0; row < columns.count(); ++row) {
    Position position{columns.text(row, "symbol"), by_strategy ? columns.text(row, "strategy") : "",
                      columns.number(row, amount)};
    if (const double size = std::abs(position.amount); size != 0 && !(size >= amount_min && size <= amount_max))
      columns.wrong(row, amount, fmt::format("found {}; needed is 0, or a size from 1e-15 to 1e15", position.amount));
    if (!seen.emplace(position.symbol, position.strategy).second)
      columns.wrong(row, "symbol", config::shown(position.symbol) + " stands in it twice");
    inputs.positions.push_back(std::move(position));
  }
}

void read_sectors(const std::string& path, Inputs& inputs) {
  const Columns columns(path);
  for (std::size_t row = 0; row < columns.count(); ++row) {
    const std::string& sector = columns.text(row, "sector");
    const auto [known, fresh] = inputs.sectors.emplace(columns.text(row, "symbol"), sector);
    if (!fresh && known->second != sector) {
      columns.wrong(row, "sector",
                    fmt::format("{} of {} is {} in an earlier line", config::shown(sector), config::shown(known->first),
                                config::shown(known->second)));
    }
  }
}

// Leaves out the dates on which a symbol has no price, unless pairs are looked at.
void keep_dates(const Request& request, const Prices& prices, Inputs& inputs) {
  std::vector<Eigen::Index> kept;
  for (Eigen::Index row = 0; row < prices.closes.rows(); ++row) {
    const std::string& date = prices.dates[static_cast<std::size_t>(row)];
    const bool used = request.overlap > 0 || !prices.closes.row(row).hasNaN();
    (used ? inputs.dates : inputs.left_out).push_back(date);
    if (used) kept.push_back(row);
  }
  inputs.symbols = prices.symbols;
  inputs.closes = prices.closes(kept, Eigen::all);
}

void weigh(const Request& request, Inputs& inputs) {
  if (request.positions.empty() && inputs.symbols.size() != 1) return;
  inputs.weights = Eigen::VectorXd::Constant(static_cast<Eigen::Index>(inputs.symbols.size()),
                                             request.positions.empty() ? 1.0 : 0.0);
  for (const Position& position : inputs.positions) {
    const auto place = std::lower_bound(inputs.symbols.begin(), inputs.symbols.end(), position.symbol);
    const Eigen::Index k = place - inputs.symbols.begin();
    inputs.weights[k] += position.amount * (inputs.money ? inputs.closes(inputs.closes.rows() - 1, k) : 1.0);
  }
}

void describe(const Request& request, const Inputs& inputs, Report& report) {
  Json& json = report.inputs;
  json["prices"] = request.prices;
  if (!request.positions.empty()) json["positions"] = request.positions;
  if (!request.sectors.empty()) json["sectors"] = request.sectors;
  if (request.equity) json["equity"] = *request.equity;
  json["symbols"] = inputs.symbols;
  json["dates"] = inputs.dates.size();
  json["first_date"] = inputs.dates.front();
  json["last_date"] = inputs.dates.back();
  json["dates_left_out"] = inputs.left_out.size();
  json["left_out"] = inputs.left_out;
  json["unit"] = inputs.money ? "money" : "fraction";
}

}  // namespace

const Eigen::VectorXd& Inputs::book() const {
  if (weights.size() > 0) return weights;
  throw Mistake(
      fmt::format("--positions: needed (symbol,quantity or symbol,weight): {} symbols have prices", symbols.size()));
}

const std::string& Inputs::sector(const std::string& symbol) const {
  const auto found = sectors.find(symbol);
  if (found != sectors.end()) return found->second;
  throw Mistake(sectors.empty() ? "--sectors: needed, a file of symbol,sector"
                                : fmt::format("--sectors: the file has no sector of {}", config::shown(symbol)));
}

Eigen::MatrixXd Inputs::last_returns(std::size_t window) const {
  const Eigen::Index wanted = window == 0 ? returns.rows() : static_cast<Eigen::Index>(window);
  return returns.bottomRows(std::min(wanted, returns.rows()));
}

Inputs read_inputs(const Request& request, Report& report) {
  Inputs inputs;
  if (!request.positions.empty()) read_positions(request.positions, inputs);
  if (!request.sectors.empty()) read_sectors(request.sectors, inputs);
  Wanted wanted{{}, request.from, request.to};
  if (!request.as_of.empty() && (wanted.to.empty() || request.as_of < wanted.to)) wanted.to = request.as_of;
  for (const Position& position : inputs.positions) wanted.symbols.insert(position.symbol);
  const Prices prices = read_prices(request.prices, wanted);
  keep_dates(request, prices, inputs);
  if (inputs.dates.size() < 2) refuse_few_dates(request.prices, prices, inputs.dates.size());
  inputs.returns = analytics::simple_returns(inputs.closes);
  weigh(request, inputs);
  if (!inputs.positions.empty() && inputs.weights.isZero(0)) report.warn("the book is flat: every position is 0");
  describe(request, inputs, report);
  look_at_quality(prices, inputs, report);
  if (!request.as_of.empty() && inputs.dates.back() != request.as_of) {
    report.warn(fmt::format("--as-of {}: the last date with every price is {}", request.as_of, inputs.dates.back()));
  }
  const auto count = static_cast<std::size_t>(inputs.returns.rows());
  if (request.window > count) report.warn(fmt::format("--window {}: there are {} returns", request.window, count));
  const std::size_t used = request.window == 0 ? count : std::min(request.window, count);
  if (used < 30) report.warn(fmt::format("{} returns: too few to believe any estimate made of them", used));
  return inputs;
}

}  // namespace bulwark::risk
