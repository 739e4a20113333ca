// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "core/analytics/attribution.h"
#include "core/analytics/returns.h"
#include "sidecar/risk/attribution_parts.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/prices.h"

namespace bulwark::risk {

void add_factors(const Request& request, const Inputs& inputs, Report& report) {
  const Prices factors = read_prices(request.factors, {{}, inputs.dates.front(), inputs.dates.back()});
  std::vector<Eigen::Index> ours, theirs;
  for (Eigen::Index row = 0; row < factors.closes.rows(); ++row) {
    const std::string& date = factors.dates[static_cast<std::size_t>(row)];
    const auto place = std::lower_bound(inputs.dates.begin(), inputs.dates.end(), date);
    if (place == inputs.dates.end() || *place != date || factors.closes.row(row).hasNaN()) continue;
    ours.push_back(place - inputs.dates.begin());
    theirs.push_back(row);
  }
  if (ours.size() < 2) {
    throw Mistake(fmt::format("{}: has prices of all factors on {} of the dates of {}; needed are 2 or more",
                              request.factors, ours.size(), request.prices));
  }
  Eigen::VectorXd book = analytics::simple_returns(inputs.closes(ours, Eigen::all)) * inputs.book();
  Eigen::MatrixXd moves = analytics::simple_returns(factors.closes(theirs, Eigen::all));
  if (request.window != 0 && static_cast<Eigen::Index>(request.window) < book.size()) {
    const auto count = static_cast<Eigen::Index>(request.window);
    book = book.tail(count).eval();
    moves = moves.bottomRows(count).eval();
  }
  const analytics::FactorRegression found = analytics::factor_regression(book, moves);
  Json& alpha = report.add("alpha", found.alpha);
  alpha["t_statistic"] = found.t_statistics[0];
  for (std::size_t k = 0; k < factors.symbols.size(); ++k) {
    const auto at = static_cast<Eigen::Index>(k);
    Json& beta = report.add("beta", found.betas[at]);
    beta["factor"] = factors.symbols[k];
    beta["t_statistic"] = found.t_statistics[at + 1];
    report.add("mean_contribution", found.contributions[at])["factor"] = factors.symbols[k];
  }
  report.add("mean_return", found.mean_return);
  report.add("r_squared", found.r_squared);
  report.add("variance_total", found.variance_total);
  report.add("variance_systematic", found.variance_systematic);
  report.add("residual_deviation", found.residual_deviation);
  report.inputs["factor_dates"] = ours.size();
}

}  // namespace bulwark::risk
