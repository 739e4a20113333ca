// SPDX-License-Identifier: Apache-2.0
// The returns of symbols and of factors (--factors) on the dates that both have.
#pragma once

#include "sidecar/risk/inputs.h"

namespace bulwark::risk {

struct FactorReturns {
  std::vector<std::string> names;
  Eigen::MatrixXd symbols, factors;  // a row each day, the last --window of them
  std::size_t dates = 0;             // that both have
};
// Throws Mistake.
FactorReturns factor_returns(const Request& request, const Inputs& inputs);

}  // namespace bulwark::risk
