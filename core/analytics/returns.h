// SPDX-License-Identifier: Apache-2.0
// Prices to returns. Simple returns add up across symbols, log returns along time: a book's return is made of simple
// ones.
#pragma once

#include <Eigen/Core>

namespace bulwark::analytics {

// One row for each date after the first, one column for each symbol.
Eigen::MatrixXd simple_returns(const Eigen::MatrixXd& prices);

// Each column less its mean.
Eigen::MatrixXd centred(const Eigen::MatrixXd& returns);

}  // namespace bulwark::analytics
