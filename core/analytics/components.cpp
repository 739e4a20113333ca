// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/components.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/analytics/covariance.h"
#include "core/analytics/quantile.h"

namespace bulwark::analytics {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

// The days from the least loss to the largest; of equal losses the earlier first.
std::vector<Index> by_loss(const VectorXd& losses) {
  std::vector<Index> order(static_cast<std::size_t>(losses.size()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return losses[a] < losses[b]; });
  return order;
}

Components of_marginal(const VectorXd& weights, const VectorXd& marginal) {
  const VectorXd component = weights.cwiseProduct(marginal);
  return {component.sum(), marginal, component};
}

}  // namespace

Components components_of(const VectorXd& weights, const MatrixXd& covariance, double factor, const VectorXd& means) {
  const VectorXd together = covariance * weights;
  VectorXd marginal = factor * together / std::sqrt(weights.dot(together));
  if (means.size() > 0) marginal -= means;
  return of_marginal(weights, marginal);
}

VectorXd incremental(const VectorXd& weights, const MatrixXd& covariance, double factor, const VectorXd& means) {
  const VectorXd together = covariance * weights;
  const double variance = std::max(0.0, weights.dot(together));
  VectorXd result(weights.size());
  for (Index k = 0; k < weights.size(); ++k) {
    const double w = weights[k];
    const double without = std::max(0.0, variance - 2 * w * together[k] + w * w * covariance(k, k));
    result[k] = factor * (std::sqrt(variance) - std::sqrt(without)) - (means.size() > 0 ? w * means[k] : 0);
  }
  return result;
}

Components historical_shortfall(const VectorXd& weights, const MatrixXd& returns, double confidence) {
  const std::vector<Index> order = by_loss(-returns * weights);
  const double below = observations_below(returns.rows(), confidence);
  const auto k = static_cast<std::size_t>(std::ceil(below));
  VectorXd share = VectorXd::Zero(returns.rows());
  for (std::size_t place = k; place < order.size(); ++place) share[order[place]] = 1;
  share[order[k - 1]] += static_cast<double>(k) - below;
  return of_marginal(weights, -returns.transpose() * share / (static_cast<double>(returns.rows()) - below));
}

Components historical_value_at_risk(const VectorXd& weights, const MatrixXd& returns, double confidence) {
  const std::vector<Index> order = by_loss(-returns * weights);
  const auto k = static_cast<std::size_t>(std::ceil(observations_below(returns.rows(), confidence)));
  return of_marginal(weights, -returns.row(order[k - 1]).transpose());
}

}  // namespace bulwark::analytics
