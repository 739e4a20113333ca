// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/volatility_target.h"

#include "core/analytics/performance.h"

namespace bulwark::analytics {

Eigen::VectorXd leverage(const Eigen::VectorXd& variances, double annual_target, double cap) {
  return (annual_target / (trading_days * variances.array()).sqrt()).min(cap);
}

}  // namespace bulwark::analytics
