// SPDX-License-Identifier: Apache-2.0
// May these settings take the place of those while the instance runs? Limits may, and what belongs to them; anything
// else needs a restart. Cold.
#pragma once

#include <string>
#include <vector>

#include "core/event.h"
#include "core/limits.h"
#include "sidecar/config/settings.h"

namespace bulwark::process {

struct RulesChange {
  std::vector<std::string> needs_restart;           // keys
  std::size_t added = 0, removed = 0, changed = 0;  // limits
  bool others = false;                // restricted, locate, fx, marks, the model, or only the order of limits
  std::vector<std::string> loosened;  // what may let pass more than before, in words
  bool any() const { return added + removed + changed != 0 || others; }
};

RulesChange compare(const config::Settings& before, const config::Settings& after);

// Would this override let pass more than the limit does now, or than it is configured to?
bool loosens(const core::Limits& limits, const core::ControlEvent& wish);

// "2 limits changed, 1 added"
std::string describe(const RulesChange& change);

}  // namespace bulwark::process
