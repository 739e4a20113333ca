// SPDX-License-Identifier: Apache-2.0
// The machine that was measured on, as far as it says: no figure means anything without it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bench/placement.h"
#include "bench/ticks.h"

namespace bulwark::bench {

// In the order in which people read them: name and what it is.
using HostFacts = std::vector<std::pair<std::string, std::string>>;

HostFacts host_facts(const Placement& placement, const TickScale& scale, const std::string& scheduling);

}  // namespace bulwark::bench
