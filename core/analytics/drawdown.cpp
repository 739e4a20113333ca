// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/drawdown.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace bulwark::analytics {
namespace {

Eigen::VectorXd depths(const Eigen::VectorXd& path) {
  Eigen::VectorXd result(path.size());
  double peak = path[0];
  for (Eigen::Index k = 0; k < path.size(); ++k) {
    peak = std::max(peak, path[k]);
    result[k] = 1 - path[k] / peak;
  }
  return result;
}

// The episode whose first day below the peak is `first`.
Drawdown episode(const Eigen::VectorXd& depth, Eigen::Index first) {
  Eigen::Index end = first, trough = first;
  for (; end < depth.size() && depth[end] > 0; ++end) {
    if (depth[end] > depth[trough]) trough = end;
  }
  const bool recovered = end < depth.size();
  const Eigen::Index peak = first - 1, last = recovered ? end : depth.size() - 1;
  return {depth[trough], peak, trough, recovered ? std::optional(end) : std::nullopt, trough - peak, last - peak};
}

}  // namespace

Eigen::VectorXd wealth(const Eigen::VectorXd& returns) {
  if (returns.size() == 0) throw std::invalid_argument("no returns: wealth and drawdown need at least one");
  Eigen::VectorXd path(returns.size() + 1);
  path[0] = 1;
  for (Eigen::Index k = 0; k < returns.size(); ++k) {
    if (!(returns[k] >= -1) || !std::isfinite(returns[k]))
      throw std::invalid_argument("return " + std::to_string(k + 1) + " is " + std::to_string(returns[k]) +
                                  ": nothing loses more than all of it");
    path[k + 1] = path[k] * (1 + returns[k]);
  }
  return path;
}

Drawdowns drawdowns(const Eigen::VectorXd& returns) {
  const Eigen::VectorXd path = wealth(returns);
  const Eigen::VectorXd depth = depths(path);
  Drawdowns result{};
  for (Eigen::Index k = 1; k < depth.size(); ++k) {
    if (!(depth[k] > 0)) continue;
    result.episodes.push_back(episode(depth, k));
    const Drawdown& found = result.episodes.back();
    result.longest_underwater_days = std::max(result.longest_underwater_days, found.days_underwater);
    k = found.peak + found.days_underwater;
  }
  std::stable_sort(result.episodes.begin(), result.episodes.end(),
                   [](const Drawdown& a, const Drawdown& b) { return a.depth > b.depth; });
  result.deepest = result.episodes.empty() ? 0 : result.episodes.front().depth;
  result.current = depth[depth.size() - 1];
  const auto days = depth.tail(returns.size());
  result.ulcer_index = std::sqrt(days.squaredNorm() / static_cast<double>(days.size()));
  result.pain_index = days.mean();
  result.final_wealth = path[path.size() - 1];
  return result;
}

}  // namespace bulwark::analytics
