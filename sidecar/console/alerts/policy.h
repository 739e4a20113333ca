// SPDX-License-Identifier: Apache-2.0
// Spans of time by a clock that may be set: what lies in the future has passed, so that nothing waits for a clock that
// was set back.
#pragma once

#include "shm/units.h"

namespace bulwark::alerts {

constexpr bool passed(TimeNs since, std::int64_t span_s, TimeNs now) {
  return since > now || now.ns - since.ns >= span_s * 1'000'000'000;
}

}  // namespace bulwark::alerts
