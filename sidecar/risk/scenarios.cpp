// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/scenarios.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/analytics/betas.h"
#include "core/analytics/returns.h"
#include "sidecar/config/model_reading.h"
#include "sidecar/risk/file.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/prices.h"

namespace bulwark::risk {

namespace {

model::Closes closes_of(const Inputs& inputs) {
  model::Closes closes{inputs.symbols, inputs.dates, {}};
  for (Eigen::Index date = 0; date < inputs.closes.rows(); ++date) {
    const Eigen::VectorXd row = inputs.closes.row(date);
    closes.prices.insert(closes.prices.end(), row.begin(), row.end());
  }
  return closes;
}

core::Rules instruments_of(const Inputs& inputs) {
  core::Rules rules;
  for (const std::string& symbol : inputs.symbols) {
    const auto sector = inputs.sectors.find(symbol);
    rules.instruments.push_back({symbol, sector == inputs.sectors.end() ? "" : sector->second, "USD"});
  }
  return rules;
}

}  // namespace

Eigen::VectorXd betas_to_market(const Request& request, const Inputs& inputs) {
  const Prices all = read_prices(request.prices, {{}, request.from, inputs.dates.back()});
  std::vector<Eigen::Index> whole, columns;
  for (Eigen::Index row = 0; row < all.closes.rows(); ++row) {
    if (!all.closes.row(row).hasNaN()) whole.push_back(row);
  }
  if (whole.size() < 3) return {};
  const Eigen::MatrixXd closes = all.closes(whole, Eigen::all);
  const Eigen::VectorXd betas = analytics::market_betas(analytics::simple_returns(closes));
  if (betas.size() == 0) return {};
  for (const std::string& symbol : inputs.symbols) {
    columns.push_back(std::lower_bound(all.symbols.begin(), all.symbols.end(), symbol) - all.symbols.begin());
  }
  return betas(columns);
}

std::vector<Scenario> read_scenarios(const Request& request, const Inputs& inputs) {
  const Eigen::VectorXd betas = betas_to_market(request, inputs);
  config::Report report;
  const std::vector<core::Scenario> found =
      config::read_scenarios(read_file(request.scenarios), request.scenarios, instruments_of(inputs), closes_of(inputs),
                             {betas.begin(), betas.end()}, report);
  std::string wrong;
  for (const config::Mistake& mistake : report.mistakes) wrong += (wrong.empty() ? "" : "\n") + config::format(mistake);
  if (!wrong.empty()) throw Mistake(wrong);
  std::vector<Scenario> result;
  for (const core::Scenario& scenario : found) {
    Eigen::VectorXd moves(static_cast<Eigen::Index>(scenario.moves.size()));
    std::transform(scenario.moves.begin(), scenario.moves.end(), moves.begin(),
                   [](const core::Scenario::Move& move) { return move.share; });
    result.push_back({scenario.name, std::move(moves)});
  }
  return result;
}

}  // namespace bulwark::risk
