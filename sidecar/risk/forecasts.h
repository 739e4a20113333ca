// SPDX-License-Identifier: Apache-2.0
// The VaR and ES that a method would have given on the evening before each day: only what was known then goes in.
#pragma once

#include "core/analytics/value_at_risk.h"
#include "sidecar/risk/inputs.h"

namespace bulwark::risk {

inline constexpr std::size_t backtest_window = 250;

// One choice of conventions; those that say nothing to the method are empty.
struct Choice {
  std::string quantile, tail, mean, target, filter;
};
std::vector<Choice> choices(const Request& request);

struct Forecasts {
  Eigen::VectorXd pnl, var, es;  // from the first day with a whole window behind it
};

// Throws Mistake: too few returns, or a day on which the method has no answer.
Forecasts forecasts(const Request& request, const Inputs& inputs, const Choice& choice, double confidence);

}  // namespace bulwark::risk
