// SPDX-License-Identifier: Apache-2.0
// What looks wrong in prices: halvings and doublings of a vendor, reused tickers, stale runs, gaps, too few dates,
// symbols that never move or move as one. None of it is used without a word.
#pragma once

#include "sidecar/risk/inputs.h"
#include "sidecar/risk/prices.h"

namespace bulwark::risk {

// Warns. `prices`: as read, with the gaps; `inputs`: what is used of them.
void look_at_quality(const Prices& prices, const Inputs& inputs, Report& report);

// `count`: of dates on which every symbol has a price.
[[noreturn]] void refuse_few_dates(const std::string& file, const Prices& prices, std::size_t count);

}  // namespace bulwark::risk
