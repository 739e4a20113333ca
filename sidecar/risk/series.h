// SPDX-License-Identifier: Apache-2.0
// The book as one series of returns.
#pragma once

#include <string>

#include "sidecar/risk/inputs.h"

namespace bulwark::risk {

// The book in shares of equity: one in money is measured against --equity, else against its gross. Throws Mistake.
Eigen::VectorXd book_shares(const Request& request, const Inputs& inputs);

// Of the last --window returns, in percent of equity: today's book, as if it had been held with these weights on every
// day. Throws Mistake.
Eigen::VectorXd percent_returns(const Request& request, const Inputs& inputs);

// Of the last --window returns: what wealth really did. Weights are those of every day; units stay what they are, and
// wealth is --equity at the last date, else the book's value. Throws Mistake where wealth is not above zero.
Eigen::VectorXd held_returns(const Request& request, const Inputs& inputs);

// The date on which the return k of the last `count` was made; k = -1: the date before the first.
const std::string& date_of(const Inputs& inputs, Eigen::Index count, Eigen::Index k);

}  // namespace bulwark::risk
