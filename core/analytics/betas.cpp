// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/betas.h"

#include <algorithm>

#include "core/analytics/returns.h"

namespace bulwark::analytics {

constexpr Eigen::Index market_days = 500;

Eigen::VectorXd market_betas(const Eigen::MatrixXd& returns) {
  const Eigen::MatrixXd days = centred(returns.bottomRows(std::min(market_days, returns.rows())));
  const Eigen::VectorXd market = days.rowwise().mean();
  const double variance = market.squaredNorm();
  if (!(variance > 0)) return {};
  return days.transpose() * market / variance;
}

}  // namespace bulwark::analytics
