// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/factor_returns.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/analytics/returns.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/prices.h"

namespace bulwark::risk {

FactorReturns factor_returns(const Request& request, const Inputs& inputs) {
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
  const auto all = static_cast<Eigen::Index>(ours.size()) - 1, wanted = static_cast<Eigen::Index>(request.window);
  const Eigen::Index count = wanted == 0 ? all : std::min(wanted, all);
  return {factors.symbols, analytics::simple_returns(inputs.closes(ours, Eigen::all)).bottomRows(count),
          analytics::simple_returns(factors.closes(theirs, Eigen::all)).bottomRows(count), ours.size()};
}

}  // namespace bulwark::risk
