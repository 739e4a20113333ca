// SPDX-License-Identifier: Apache-2.0
// The scenario file of `bulwark risk stress`, as moves of the book's symbols.
#pragma once

#include <string>
#include <vector>

#include "sidecar/risk/inputs.h"

namespace bulwark::risk {

struct Scenario {
  std::string name;
  Eigen::VectorXd moves;  // shares of the price, in the order of the inputs' symbols
};

// In the order of the file. Throws Mistake with all that is wrong in it, one a line.
std::vector<Scenario> read_scenarios(const Request& request, const Inputs& inputs);

// Each symbol's beta to the equal-weight market of all symbols of the price file, on the dates on which every one of
// them has a price; empty where there is no such market.
Eigen::VectorXd betas_to_market(const Request& request, const Inputs& inputs);

}  // namespace bulwark::risk
