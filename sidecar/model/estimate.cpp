// SPDX-License-Identifier: Apache-2.0
#include "sidecar/model/estimate.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "core/analytics/betas.h"
#include "core/analytics/covariance.h"
#include "core/analytics/returns.h"
#include "sidecar/model/returns.h"

namespace bulwark::model {
namespace {

constexpr double nothing = 1e-14;  // a share of the largest eigenvalue that is only rounding

Eigen::MatrixXd covariance(const Eigen::MatrixXd& returns, Estimator estimator, double lambda) {
  if (estimator == Estimator::Ewma) return analytics::ewma_covariance(returns, lambda);
  if (estimator == Estimator::LedoitWolf) return analytics::shrunk_to_identity(returns).covariance;
  return analytics::sample_covariance(returns);
}

}  // namespace

Eigen::MatrixXd returns_of(const Closes& closes) {
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto dates = static_cast<Eigen::Index>(closes.dates.size());
  const Eigen::Map<const Rows> prices(closes.prices.data(), dates, static_cast<Eigen::Index>(closes.symbols.size()));
  return analytics::simple_returns(prices);
}

void estimate(const Closes& closes, Estimator estimator, double lambda, core::Model& model) {
  const Eigen::MatrixXd covariances = covariance(returns_of(closes), estimator, lambda);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariances);
  const Eigen::VectorXd& values = solver.eigenvalues();  // the largest last
  const Eigen::Index size = values.size();
  Eigen::Index count = std::min(size, static_cast<Eigen::Index>(core::factor_count_max));
  while (count > 0 && !(values[size - count] > values[size - 1] * nothing)) --count;
  model.symbols = closes.symbols;
  model.factor_count = static_cast<std::size_t>(count);
  for (Eigen::Index symbol = 0; symbol < size; ++symbol) {
    double explained = 0;
    for (Eigen::Index factor = size - 1; factor >= size - count; --factor) {
      const double loading = solver.eigenvectors()(symbol, factor) * std::sqrt(values[factor]);
      model.loadings.push_back(loading);
      explained += loading * loading;
    }
    const double left = covariances(symbol, symbol) - explained;
    model.residuals.push_back(left < 0 ? 0 : left);  // what is no number stays none: nobody may take it for no risk
  }
}

std::vector<double> betas(const Closes& closes) {
  const Eigen::VectorXd found = analytics::market_betas(returns_of(closes));
  return {found.data(), found.data() + found.size()};
}

}  // namespace bulwark::model
