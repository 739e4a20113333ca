// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/returns.h"

namespace bulwark::analytics {

Eigen::MatrixXd simple_returns(const Eigen::MatrixXd& prices) {
  const Eigen::Index days = prices.rows() - 1;
  return prices.bottomRows(days).cwiseQuotient(prices.topRows(days)).array() - 1;
}

Eigen::MatrixXd centred(const Eigen::MatrixXd& returns) { return returns.rowwise() - returns.colwise().mean(); }

}  // namespace bulwark::analytics
