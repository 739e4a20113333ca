// SPDX-License-Identifier: Apache-2.0
// A moment as an operator writes it: from now on, or in UTC. No local time: at three in the morning, and once a year
// twice, nobody knows which one that is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shm/units.h"

namespace bulwark::config {

inline constexpr std::string_view moment_forms = "+90s, +30m, +1h30m, +2d (at most 366 days) or 2026-11-22T15:00:00Z";

// Nothing: it is none of these.
std::optional<TimeNs> parse_moment(std::string_view text, TimeNs now);

std::string show_moment(TimeNs t);

}  // namespace bulwark::config
