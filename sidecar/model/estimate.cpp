// SPDX-License-Identifier: Apache-2.0
#include "sidecar/model/estimate.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace bulwark::model {
namespace {

constexpr Eigen::Index market_days = 500;
constexpr double nothing = 1e-14;  // a share of the largest eigenvalue that is only rounding

// One row for each return, one column for each symbol.
Eigen::MatrixXd returns_of(const Closes& closes) {
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto dates = static_cast<Eigen::Index>(closes.dates.size());
  const Eigen::Map<const Rows> prices(closes.prices.data(), dates, static_cast<Eigen::Index>(closes.symbols.size()));
  return prices.bottomRows(dates - 1).cwiseQuotient(prices.topRows(dates - 1)).array() - 1;
}

Eigen::MatrixXd centred(const Eigen::MatrixXd& returns) { return returns.rowwise() - returns.colwise().mean(); }

Eigen::MatrixXd ewma(Eigen::MatrixXd returns, double lambda) {
  double weight = 1 - lambda;
  for (Eigen::Index day = returns.rows() - 1; day > 0; --day, weight *= lambda) returns.row(day) *= std::sqrt(weight);
  returns.row(0) *= std::sqrt(weight / (1 - lambda));
  return returns.transpose() * returns;
}

Eigen::MatrixXd ledoit_wolf(const Eigen::MatrixXd& returns) {
  const Eigen::MatrixXd days = centred(returns);
  const auto count = static_cast<double>(days.rows()), size = static_cast<double>(days.cols());
  const Eigen::MatrixXd plain = days.transpose() * days / count;
  const Eigen::MatrixXd target = plain.trace() / size * Eigen::MatrixXd::Identity(plain.rows(), plain.cols());
  const double distance = (plain - target).squaredNorm() / size;
  const double fourth_powers = days.rowwise().squaredNorm().squaredNorm();
  const double spread = (fourth_powers - count * plain.squaredNorm()) / (count * count) / size;
  const double share = distance > 0 ? std::clamp(spread / distance, 0.0, 1.0) : 0;
  return (1 - share) * plain + share * target;
}

Eigen::MatrixXd covariance(const Eigen::MatrixXd& returns, Estimator estimator, double lambda) {
  if (estimator == Estimator::Ewma) return ewma(returns, lambda);
  if (estimator == Estimator::LedoitWolf) return ledoit_wolf(returns);
  const Eigen::MatrixXd days = centred(returns);
  return days.transpose() * days / static_cast<double>(days.rows() - 1);
}

}  // namespace

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
    model.residuals.push_back(std::max(0.0, covariances(symbol, symbol) - explained));
  }
}

std::vector<double> betas(const Closes& closes) {
  const Eigen::MatrixXd all = returns_of(closes);
  const Eigen::MatrixXd days = centred(all.bottomRows(std::min(market_days, all.rows())));
  const Eigen::VectorXd market = days.rowwise().mean();
  const double variance = market.squaredNorm();
  if (!(variance > 0)) return {};
  const Eigen::VectorXd found = days.transpose() * market / variance;
  return {found.data(), found.data() + found.size()};
}

}  // namespace bulwark::model
