// SPDX-License-Identifier: Apache-2.0
// How much each symbol moves with the equal-weight market of all of them.
#pragma once

#include <Eigen/Core>

namespace bulwark::analytics {

// Over the last 500 returns; empty where the market never moved.
Eigen::VectorXd market_betas(const Eigen::MatrixXd& returns);

}  // namespace bulwark::analytics
