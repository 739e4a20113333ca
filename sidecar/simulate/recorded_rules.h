// SPDX-License-Identifier: Apache-2.0
// A configuration as the journal keeps it, and its rules: what a replay loads them with.
#pragma once

#include <string>

#include "sidecar/config/settings.h"

namespace bulwark::simulate {

// Both throw JournalError where this build cannot read it.
config::Settings recorded_settings(const std::string& frozen);
core::Rules recorded_rules(const std::string& frozen);

}  // namespace bulwark::simulate
