// SPDX-License-Identifier: Apache-2.0
// The rules of a configuration as the journal keeps it: what a replay loads them with.
#pragma once

#include <string>

#include "core/rules.h"

namespace bulwark::simulate {

// Throws JournalError where this build cannot read it.
core::Rules recorded_rules(const std::string& frozen);

}  // namespace bulwark::simulate
