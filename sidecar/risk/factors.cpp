// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/attribution.h"
#include "sidecar/risk/attribution_parts.h"
#include "sidecar/risk/factor_returns.h"

namespace bulwark::risk {

void add_factors(const Request& request, const Inputs& inputs, Report& report) {
  const FactorReturns returns = factor_returns(request, inputs);
  const Eigen::VectorXd book = returns.symbols * inputs.book();
  const analytics::FactorRegression found = analytics::factor_regression(book, returns.factors);
  Json& alpha = report.add("alpha", found.alpha);
  alpha["t_statistic"] = found.t_statistics[0];
  for (std::size_t k = 0; k < returns.names.size(); ++k) {
    const auto at = static_cast<Eigen::Index>(k);
    Json& beta = report.add("beta", found.betas[at]);
    beta["factor"] = returns.names[k];
    beta["t_statistic"] = found.t_statistics[at + 1];
    report.add("mean_contribution", found.contributions[at])["factor"] = returns.names[k];
  }
  report.add("mean_return", found.mean_return);
  report.add("r_squared", found.r_squared);
  report.add("variance_total", found.variance_total);
  report.add("variance_systematic", found.variance_systematic);
  report.add("residual_deviation", found.residual_deviation);
  report.inputs["factor_dates"] = returns.dates;
}

}  // namespace bulwark::risk
