// SPDX-License-Identifier: Apache-2.0
// The one way from closes to returns.
#pragma once

#include <Eigen/Core>

#include "sidecar/model/estimate.h"

namespace bulwark::model {

// Simple ones: a row for each date after the first, a column for each symbol. Precondition: there is a date.
Eigen::MatrixXd returns_of(const Closes& closes);

}  // namespace bulwark::model
