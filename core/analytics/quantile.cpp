// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bulwark::analytics {

double observations_below(Eigen::Index count, double confidence) {
  const double exact = static_cast<double>(count) * confidence, whole = std::round(exact);
  return std::abs(exact - whole) < 1e-9 * std::max(1.0, static_cast<double>(count)) ? whole : exact;
}

SortedLosses::SortedLosses(Eigen::VectorXd losses) : losses_(std::move(losses)) {
  std::sort(losses_.begin(), losses_.end());
}

Eigen::Index SortedLosses::number(double confidence) const {
  return static_cast<Eigen::Index>(std::ceil(observations_below(losses_.size(), confidence)));
}

double SortedLosses::type1(double confidence) const { return losses_[number(confidence) - 1]; }

double SortedLosses::type7(double confidence) const {
  const double place = static_cast<double>(losses_.size() - 1) * confidence;
  const auto low = static_cast<Eigen::Index>(std::floor(place));
  const Eigen::Index high = std::min(low + 1, losses_.size() - 1);
  return losses_[low] + (place - static_cast<double>(low)) * (losses_[high] - losses_[low]);
}

double SortedLosses::acerbi_tasche(double confidence) const {
  const Eigen::Index k = number(confidence);
  const auto count = static_cast<double>(losses_.size());
  const double below = observations_below(losses_.size(), confidence);
  const double beyond = losses_.tail(losses_.size() - k).sum();
  return (beyond + (static_cast<double>(k) - below) * losses_[k - 1]) / (count - below);
}

double SortedLosses::tail_mean_ge(double confidence) const {
  const auto first = std::lower_bound(losses_.begin(), losses_.end(), type1(confidence));
  return losses_.tail(losses_.end() - first).mean();
}

double SortedLosses::tail_mean_gt(double confidence) const {
  const auto first = std::upper_bound(losses_.begin(), losses_.end(), type7(confidence));
  if (first == losses_.end()) return std::numeric_limits<double>::quiet_NaN();
  return losses_.tail(losses_.end() - first).mean();
}

}  // namespace bulwark::analytics
