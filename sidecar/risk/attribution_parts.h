// SPDX-License-Identifier: Apache-2.0
// The parts of an attribution that need a file more: a benchmark, factors.
#pragma once

#include "sidecar/risk/inputs.h"

namespace bulwark::risk {

// Brinson-Fachler by sector, in shares of the book's value at the first date. `start`: each symbol's value then,
// `contributions`: what it has become more. Throws Mistake.
void add_brinson(const Request& request, const Inputs& inputs, const Eigen::VectorXd& start,
                 const Eigen::VectorXd& contributions, Report& report);

// Least squares of the book's daily returns on those of the factors, on the dates on which both have prices. Throws
// Mistake.
void add_factors(const Request& request, const Inputs& inputs, Report& report);

}  // namespace bulwark::risk
