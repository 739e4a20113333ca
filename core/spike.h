// SPDX-License-Identifier: Apache-2.0
// How a price that goes to and fro compares with what the model takes for usual. Changes are estimates; their sums are
// whole numbers, so that one that runs over a window never drifts, and a replay finds the same bits.
#pragma once

#include "core/level.h"
#include "core/risk_model.h"

namespace bulwark::core {

// The square of a relative change, in parts of 2^-96. `from` 0: there was no price, and nothing has changed. A price
// that becomes more than 33 times what it was counts as one that becomes 33 times: a million of those still fit into a
// sum.
uint128 squared_change(Price from, Price to);

// The root of a window's squares, put to 24 hours, as a multiple of the usual daily volatility; not known where
// something has changed and nothing is usual.
Level spike_level(uint128 squares, DurationNs window, DailyVariance usual);

// The same of many symbols: the square of a spike, in parts of 2^-64, where something is usual; the root of their mean.
int128 variance_ratio(uint128 squares, DurationNs window, DailyVariance usual);
Level root_of_mean(int128 sum, std::int64_t count);

// Of the correlations of each of the model's symbols with each other one; not known of fewer than two, and not below 0.
Level average_correlation(const RiskModel& model, std::size_t symbol_count);

}  // namespace bulwark::core
