// SPDX-License-Identifier: Apache-2.0
// Does a process beat? One that does not would only keep us waiting.
#pragma once

#include <string>

#include "shm/clock.h"
#include "shm/layout.h"

namespace bulwark::kill {

// Empty: it does. A process that has just begun may be about to: it is given a tenth of a second.
inline std::string why_not_beating(const shm::AtomicTime& beat) {
  for (int i = 0; i < 100; ++i) {
    if (shm::monotonic_now() - MonotonicNs{beat.load()} <= milliseconds(500)) return {};
    shm::nap(milliseconds(1));
  }
  const std::int64_t last = beat.load();
  if (last == 0) return "it does not beat yet";
  return "its last beat is " + std::to_string((shm::monotonic_now().ns - last) / 1'000'000) + " ms old";
}

}  // namespace bulwark::kill
