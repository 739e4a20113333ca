// SPDX-License-Identifier: Apache-2.0
// A time zone as the plain list of its offsets from 1970 to 2100, so that the engine needs no time zone database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/rules.h"

namespace bulwark::config {

// Nothing: the machine's database does not know the zone.
std::optional<std::vector<core::ZoneOffset>> zone_offsets(const std::string& name);

// The names that the machine's database knows.
std::vector<std::string> zone_names();

// The rule with which a time zone file ends ("EST5EDT,M3.2.0,M11.1.0"), as its changes from `after_s` to 2100.
// Empty: it has no changes, or is not of this form.
std::vector<core::ZoneOffset> rule_changes(const std::string& rule, std::int64_t after_s);

// "HH:MM" or "HH:MM:SS" as seconds since midnight.
std::optional<std::int64_t> time_of_day_s(const std::string& text);

}  // namespace bulwark::config
