// SPDX-License-Identifier: Apache-2.0
// The covariance that a request asks for, and the name of the convention that it follows.
#pragma once

#include "sidecar/risk/inputs.h"

namespace bulwark::risk {

struct Estimate {
  Eigen::MatrixXd covariance;
  std::string target;  // of Ledoit-Wolf: identity, constant_correlation; else empty
  double shrinkage = 0;
};

// One for each convention named. EWMA takes all returns; the others the last --window of them. Throws Mistake.
std::vector<Estimate> estimates(const Request& request, const Inputs& inputs);

// With --overlap: the sample estimate of pairs, repaired. What was moved is warned of. Throws Mistake.
Estimate pairwise_estimate(const Request& request, const Inputs& inputs, Report& report);

// Of the `returns` given, which are a window already.
Estimate estimate(const Request& request, const Eigen::MatrixXd& returns, const std::string& target);

}  // namespace bulwark::risk
