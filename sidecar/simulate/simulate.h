// SPDX-License-Identifier: Apache-2.0
// `bulwark simulate`: the very engine of the sidecar over a file of events, without clock, shared memory or network.
// The same input gives the same bytes.
#pragma once

#include <iosfwd>

#include "core/rules.h"

namespace bulwark::simulate {

class SimulatedJournal;

// `journal`: where everything is to be recorded too; may be null.
void simulate(const core::Rules& rules, bool snapshot, std::istream& in, std::ostream& out, SimulatedJournal* journal);

}  // namespace bulwark::simulate
