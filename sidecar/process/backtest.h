// SPDX-License-Identifier: Apache-2.0
// Whether the gate's VaR has held: the tests of core/analytics over the sessions that were kept. Cold.
#pragma once

#include <vector>

#include "shm/risk_page.h"
#include "sidecar/process/session_record.h"

namespace bulwark::process {

inline constexpr std::size_t backtest_sessions_max = 250;  // the latest: what the traffic light is defined for

// Of the sessions with the confidence of the last one; `var` is left to whoever knows the session that runs.
shm::RiskBacktest backtest_of(const std::vector<SessionRecord::Observation>& observations);

// What the VaR would have to be multiplied by, over what is usual: 1 in the green zone; the multiplier's share of 3
// where it is defined, else that of the first step (yellow) or of the last (red).
double tightening_of(const shm::RiskBacktest& backtest);

}  // namespace bulwark::process
