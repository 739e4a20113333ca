// SPDX-License-Identifier: Apache-2.0
// `bulwark risk covariance` and `bulwark risk correlation`.
#include "core/analytics/covariance.h"

#include <fmt/format.h>

#include <cmath>

#include "sidecar/risk/estimates.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/whats.h"

namespace bulwark::risk {

namespace {

// What tells an estimate from another.
void mark(Json& result, const Request& request, const Estimate& estimate) {
  result["estimator"] = request.estimator_name();
  if (!estimate.target.empty()) result["convention"] = estimate.target;
}

void add_volatilities(const Request& request, const Inputs& inputs, const Estimate& estimate, Report& report) {
  for (std::size_t k = 0; k < inputs.symbols.size(); ++k) {
    const auto at = static_cast<Eigen::Index>(k);
    Json& result = report.add("volatility", std::sqrt(estimate.covariance(at, at)));
    result["symbol"] = inputs.symbols[k];
    mark(result, request, estimate);
  }
  if (estimate.target.empty()) return;
  mark(report.add("shrinkage", estimate.shrinkage), request, estimate);
}

std::vector<Estimate> asked(const Request& request, const Inputs& inputs, Report& report) {
  if (request.overlap > 0) return {pairwise_estimate(request, inputs, report)};
  return estimates(request, inputs);
}

void warn_of_rank(const Request& request, const Inputs& inputs, Report& report) {
  const auto returns = static_cast<std::size_t>(inputs.last_returns(request.window).rows());
  if (request.estimator == Estimator::Sample && returns <= inputs.symbols.size()) {
    report.warn(
        fmt::format("{} returns for {} symbols: the sample covariance is singular; --estimator ledoit-wolf is not",
                    returns, inputs.symbols.size()));
  }
}

}  // namespace

void covariance(const Request& request, const Inputs& inputs, Report& report) {
  warn_of_rank(request, inputs, report);
  for (const Estimate& estimate : asked(request, inputs, report)) {
    mark(report.add("covariance", estimate.covariance, inputs.symbols), request, estimate);
    add_volatilities(request, inputs, estimate, report);
    for (std::size_t k = 0; k < inputs.symbols.size(); ++k) {
      const auto at = static_cast<Eigen::Index>(k);
      if (!(estimate.covariance(at, at) > 0))
        report.warn(inputs.symbols[k] + ": its price never moved; its variance is 0");
    }
  }
}

void correlation(const Request& request, const Inputs& inputs, Report& report) {
  warn_of_rank(request, inputs, report);
  for (const Estimate& estimate : asked(request, inputs, report)) {
    for (std::size_t k = 0; k < inputs.symbols.size(); ++k) {
      const auto at = static_cast<Eigen::Index>(k);
      if (estimate.covariance(at, at) > 0) continue;
      throw Mistake(inputs.symbols[k] +
                    ": its price never moved, and a correlation with it does not exist; leave it out");
    }
    mark(report.add("correlation", analytics::correlation_of(estimate.covariance), inputs.symbols), request, estimate);
    add_volatilities(request, inputs, estimate, report);
  }
}

}  // namespace bulwark::risk
