// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/filtered.h"

#include <algorithm>
#include <cmath>

namespace bulwark::analytics {

Eigen::VectorXd ewma_variances(const Eigen::VectorXd& returns, double lambda, double first) {
  Eigen::VectorXd variances(returns.size() + 1);
  variances[0] = first;
  for (Eigen::Index k = 0; k < returns.size(); ++k)
    variances[k + 1] = lambda * variances[k] + (1 - lambda) * returns[k] * returns[k];
  return variances;
}

double mean_square(const Eigen::VectorXd& returns, Eigen::Index count) {
  return returns.head(std::min(count, returns.size())).array().square().mean();
}

Eigen::VectorXd filtered_returns(const Eigen::VectorXd& returns, double lambda, Eigen::Index count) {
  const Eigen::Index kept = std::min(count, returns.size());
  const Eigen::VectorXd variances = ewma_variances(returns, lambda, mean_square(returns, filter_seed));
  const Eigen::ArrayXd before = variances.segment(returns.size() - kept, kept);
  return returns.tail(kept).array() / before.sqrt() * std::sqrt(variances[returns.size()]);
}

}  // namespace bulwark::analytics
