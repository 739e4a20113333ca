// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/estimates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/analytics/covariance.h"
#include "sidecar/risk/mistake.h"

namespace bulwark::risk {

Estimate estimate(const Request& request, const Eigen::MatrixXd& returns, const std::string& target) {
  if (request.estimator == Estimator::Ewma) return {analytics::ewma_covariance(returns, request.decay()), "", 0};
  if (returns.rows() < 2) {
    throw Mistake(fmt::format("--estimator {}: a variance needs 2 returns; there is {}", request.estimator_name(),
                              returns.rows()));
  }
  if (request.estimator == Estimator::Sample) return {analytics::sample_covariance(returns), "", 0};
  const analytics::Shrunk shrunk = target == "identity" ? analytics::shrunk_to_identity(returns)
                                                        : analytics::shrunk_to_constant_correlation(returns);
  return {shrunk.covariance, target, shrunk.shrinkage};
}

Estimate pairwise_estimate(const Request& request, const Inputs& inputs, Report& report) {
  if (request.estimator != Estimator::Sample || request.window != 0)
    throw Mistake("--overlap: is of --estimator sample over all dates");
  const analytics::Pairwise found = analytics::pairwise(inputs.returns);
  const auto needed = static_cast<Eigen::Index>(std::max<std::size_t>(request.overlap, 2));
  const auto pair = [&](Eigen::Index row, Eigen::Index column) {
    const std::string &one = inputs.symbols[static_cast<std::size_t>(column)],
                      &other = inputs.symbols[static_cast<std::size_t>(row)];
    return row == column ? one : one + " and " + other;
  };
  if (found.fewest < needed) {
    throw Mistake(fmt::format("--overlap {}: {}: {} returns in common", request.overlap, pair(found.row, found.column),
                              found.fewest));
  }
  for (Eigen::Index row = 0; row < found.correlation.rows(); ++row) {
    for (Eigen::Index column = 0; column < row; ++column) {
      if (std::isfinite(found.correlation(row, column))) continue;
      throw Mistake(
          fmt::format("--overlap: {}: a price never moved on the dates that they have in common, and no "
                      "correlation exists",
                      pair(row, column)));
    }
  }
  const analytics::Repaired whole = analytics::repaired(found.correlation);
  report.add("repair_distance", whole.distance);
  if (whole.distance > 0) {
    report.warn(
        fmt::format("--overlap: pairs of different dates did not fit together (lowest eigenvalue {:.3g}); the "
                    "correlations were repaired to positive semi-definite, by a Frobenius distance of {:.3g}",
                    whole.lowest, whole.distance));
  }
  return {found.deviations.asDiagonal() * whole.matrix * found.deviations.asDiagonal(), "", 0};
}

std::vector<Estimate> estimates(const Request& request, const Inputs& inputs) {
  const bool ewma = request.estimator == Estimator::Ewma;
  const Eigen::MatrixXd returns = inputs.last_returns(ewma ? 0 : request.window);
  if (request.estimator != Estimator::LedoitWolf) return {estimate(request, returns, "")};
  std::vector<Estimate> result;
  for (const std::string& target : request.named(shrinkage_family)) {
    if (target == "constant_correlation") {
      for (Eigen::Index k = 0; k < returns.cols(); ++k) {
        if ((returns.col(k).array() == returns(0, k)).all()) {
          throw Mistake(
              fmt::format("{}: its returns are all equal, and a correlation with it does not exist; leave it "
                          "out, or take --convention identity",
                          inputs.symbols[static_cast<std::size_t>(k)]));
        }
      }
    }
    result.push_back(estimate(request, returns, target));
  }
  return result;
}

}  // namespace bulwark::risk
