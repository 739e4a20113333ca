// SPDX-License-Identifier: Apache-2.0
// The parts that the metrics of an instance are put together from.
#pragma once

#include "killswitch/instance.h"
#include "sidecar/console/metrics/families.h"

namespace bulwark::metrics {

void add_state(Families& to, const Json& state);                // permission, processes, journal, ledger, limits
void add_nothing_runs(Families& to);                            // where there is no instance
void add_risk(Families& to, const Json& state);                 // profit, exposures, VaR, the model
void add_board(Families& to, const kill::Instance& instance);   // what the hot loop counts
void add_checks(Families& to, const kill::Instance& instance);  // how long clients waited
void add_process(Families& to);                                 // of this process

}  // namespace bulwark::metrics
