// SPDX-License-Identifier: Apache-2.0
// May these settings take the place of those while the instance runs? Limits may, and what belongs to them; anything
// else needs a restart. Cold.
#pragma once

#include <string>
#include <vector>

#include "sidecar/config/settings.h"

namespace bulwark::process {

struct RulesChange {
  std::vector<std::string> needs_restart;           // keys
  std::size_t added = 0, removed = 0, changed = 0;  // limits
  bool others = false;                              // restricted, locate, fx, marks, or only the order of limits
  bool any() const { return added + removed + changed != 0 || others; }
};

RulesChange compare(const config::Settings& before, const config::Settings& after);

// "2 limits changed, 1 added"
std::string describe(const RulesChange& change);

}  // namespace bulwark::process
