// SPDX-License-Identifier: Apache-2.0
// Spans of time by a clock that may be set: what lies far in the future has passed, so that nothing waits for a clock
// that was set back; moments are no matter.
#pragma once

#include "shm/units.h"

namespace bulwark::alerts {

constexpr bool passed(TimeNs since, std::int64_t span_s, TimeNs now) {
  constexpr std::int64_t second_ns = 1'000'000'000, moments_s = 5;
  return since.ns - now.ns > moments_s * second_ns || now.ns - since.ns >= span_s * second_ns;
}

}  // namespace bulwark::alerts
