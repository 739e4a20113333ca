// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/live_risk.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <utility>

#include "core/analytics/filtered.h"
#include "core/analytics/quantile.h"

namespace bulwark::analytics {

LiveRisk::LiveRisk(LiveModel model) : model_(std::move(model)) {
  const Eigen::Index symbols = model_.symbols();
  const auto fits = [symbols](const Eigen::MatrixXd& part) { return part.rows() == 0 || part.cols() == symbols; };
  if (!fits(model_.returns) || !fits(model_.loadings) || !fits(model_.shocks))
    throw std::invalid_argument("returns, loadings and shocks need a column for each symbol");
  if (!(model_.confidence > 0 && model_.confidence < 1) || !(model_.lambda > 0 && model_.lambda < 1))
    throw std::invalid_argument("confidence and lambda are shares between 0 and 1");
  const boost::math::normal normal;
  quantile_ = boost::math::quantile(normal, model_.confidence);
  density_ = boost::math::pdf(normal, quantile_) / (1 - model_.confidence);
  set(Eigen::VectorXd::Zero(symbols));
}

void LiveRisk::set(const Eigen::VectorXd& amounts) {
  if (amounts.size() != model_.symbols()) throw std::invalid_argument("needed is an amount for each symbol");
  amounts_ = amounts;
  losses_.noalias() = model_.returns * amounts_;
  losses_ = -losses_;
  factors_.noalias() = model_.loadings * amounts_;
  shocked_.noalias() = model_.shocks * amounts_;
  residual_ = model_.residuals.dot(amounts_.cwiseAbs2());
}

void LiveRisk::move(Eigen::Index symbol, double amount) {
  const double before = std::exchange(amounts_[symbol], amount), by = amount - before;
  losses_ -= by * model_.returns.col(symbol);
  factors_ += by * model_.loadings.col(symbol);
  shocked_ += by * model_.shocks.col(symbol);
  residual_ += model_.residuals[symbol] * by * (amount + before);
}

// Each scenario's loss over the volatility that was forecast for it, times the one that is forecast now. A book that
// had never moved by then has no volatility to be measured by.
void LiveRisk::filter() {
  const Eigen::Index count = losses_.size();
  if (count == 0) return;
  const Eigen::VectorXd variances = ewma_variances(losses_, model_.lambda, mean_square(losses_, filter_seed));
  const auto before = variances.head(count).array();
  filtered_ = (before > 0).select(losses_.array() * (variances[count] / before).sqrt(), 0.0);
}

// Only the largest losses are put in order: the others are looked at once.
LiveFigures::Measure LiveRisk::tail_of(const Eigen::VectorXd& losses) {
  if (losses.size() == 0) return {};
  const double below = observations_below(losses.size(), model_.confidence), number = std::ceil(below);
  const auto count = static_cast<double>(losses.size());
  tail_.resize(static_cast<std::size_t>(count - number) + 1);
  std::partial_sort_copy(losses.begin(), losses.end(), tail_.begin(), tail_.end(), std::greater<>());
  const double var = tail_.back();
  double beyond = 0;
  for (const double loss : tail_) beyond += loss;
  beyond += (number - below - 1) * var;
  return {var, beyond / (count - below)};
}

LiveFigures LiveRisk::figures() {
  LiveFigures figures;
  const double variance = factors_.squaredNorm() + residual_;
  figures.deviation = std::sqrt(std::max(variance, 0.0));
  figures.parametric = {quantile_ * figures.deviation, density_ * figures.deviation};
  figures.historical = tail_of(losses_);
  filter();
  figures.filtered = tail_of(filtered_);
  if (shocked_.size() != 0) {
    const double worst = shocked_.minCoeff(&figures.worst_scenario);
    figures.worst_loss = std::max(-worst, 0.0);
    if (figures.worst_loss == 0) figures.worst_scenario = -1;
  }
  return figures;
}

Eigen::VectorXd LiveRisk::marginal_var() const {
  const double variance = factors_.squaredNorm() + residual_;
  if (!(variance > 0)) return Eigen::VectorXd::Zero(amounts_.size());
  Eigen::VectorXd slopes = model_.residuals.cwiseProduct(amounts_);
  slopes.noalias() += model_.loadings.transpose() * factors_;
  return (quantile_ / std::sqrt(variance)) * slopes;
}

Eigen::MatrixXd LiveRisk::correlation(const std::vector<Eigen::Index>& symbols) const {
  Eigen::MatrixXd loadings = model_.loadings(Eigen::all, symbols);
  const Eigen::VectorXd residuals = model_.residuals(symbols);
  const Eigen::VectorXd deviations = (loadings.colwise().squaredNorm().transpose() + residuals).cwiseSqrt();
  // One that never moved goes with nothing.
  const Eigen::VectorXd shrink = (deviations.array() > 0).select(deviations.cwiseInverse(), 0.0);
  loadings *= shrink.asDiagonal();
  Eigen::MatrixXd result = loadings.transpose() * loadings;
  result.diagonal().setOnes();
  return result;
}

}  // namespace bulwark::analytics
