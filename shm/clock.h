// SPDX-License-Identifier: Apache-2.0
// The only place that reads a clock. The core is given its time; the hot loop reads it here, once for each event.
#pragma once

#include <time.h>

#include "shm/units.h"

namespace bulwark::shm {

inline std::int64_t read_clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);  // the vDSO: no system call
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

inline MonotonicNs monotonic_now() { return {read_clock(CLOCK_MONOTONIC)}; }

// Wall time. Stamps only: nothing is decided by it.
inline TimeNs wall_now() { return {read_clock(CLOCK_REALTIME)}; }

inline void nap(DurationNs duration) {
  const timespec span{duration.ns / 1'000'000'000, duration.ns % 1'000'000'000};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &span, nullptr);
}

inline void pause_cpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  asm volatile("yield");
#endif
}

}  // namespace bulwark::shm
