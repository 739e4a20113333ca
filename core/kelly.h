// SPDX-License-Identifier: Apache-2.0
// From a view of a trade to a share of equity, and from that to units.
#pragma once

#include "core/event.h"
#include "core/risk_model.h"

namespace bulwark::core {

// Of the account's equity in the trade; the type keeps a share apart from money.
struct EquityShare {
  long double value;  // at zero or below: nothing
};

// kelly_fraction x confidence x f; f = edge / horizon_days / variance, or p - (1 - p) / payoff.
EquityShare kelly_share(std::int64_t fraction, const SizeEvent& size, DailyVariance variance);
// volatility_target / annual volatility.
EquityShare volatility_share(std::int64_t target, DailyVariance variance);
// Units whose value is at most that share of equity; 0 where one of the three is not above zero.
std::int64_t units_within(EquityShare share, int128 equity, int128 unit_value);

}  // namespace bulwark::core
