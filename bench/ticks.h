// SPDX-License-Identifier: Apache-2.0
// Time stamps of the harness: the cycle counter where there is one, scaled by CLOCK_MONOTONIC; else that clock itself.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "shm/clock.h"

namespace bulwark::bench {

#if defined(__x86_64__)
inline constexpr std::string_view clock_name = "rdtsc, scaled by CLOCK_MONOTONIC";
inline std::uint64_t ticks_before() { return __rdtsc(); }
inline std::uint64_t ticks_after() {  // waits for everything before it
  unsigned core;
  return __rdtscp(&core);
}
#else
inline constexpr std::string_view clock_name = "CLOCK_MONOTONIC";
inline std::uint64_t ticks_before() { return static_cast<std::uint64_t>(shm::monotonic_now().ns); }
inline std::uint64_t ticks_after() { return ticks_before(); }
#endif

// How long a tick is, and what a pair of stamps with nothing in between shows: that much is taken off every sample.
struct TickScale {
  double ns_per_tick = 1.0;
  double stamp_ns = 0.0;
  double step_ns = 1.0;  // the clock advances by this much at once

  static const TickScale& of_this_run() {
    static const TickScale measured = measure();
    return measured;
  }

  static TickScale measure() {
    TickScale scale;
    const MonotonicNs start = shm::monotonic_now();
    const std::uint64_t first = ticks_after();
    while (shm::monotonic_now() - start < milliseconds(100)) shm::pause_cpu();
    const std::uint64_t last = ticks_after();
    const DurationNs span = shm::monotonic_now() - start;
    scale.ns_per_tick = static_cast<double>(span.ns) / static_cast<double>(last - first);
    std::vector<std::uint64_t> pairs(10'001);
    for (std::uint64_t& pair : pairs) {
      const std::uint64_t before = ticks_before();
      pair = ticks_after() - before;
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.resize(pairs.size() * 9 / 10);  // what an interrupt fell into says nothing about the stamps
    double sum = 0;
    for (const std::uint64_t pair : pairs) sum += static_cast<double>(pair);
    std::uint64_t step = 0;
    for (std::size_t i = 1; i < 1'000; ++i) step = std::gcd(step, ticks_after() - first);
    scale.step_ns = static_cast<double>(step) * scale.ns_per_tick;
    scale.stamp_ns = sum / static_cast<double>(pairs.size()) * scale.ns_per_tick;
    return scale;
  }

  double ns(std::uint64_t ticks) const { return std::max(0.0, static_cast<double>(ticks) * ns_per_tick - stamp_ns); }
  std::uint64_t ticks(double ns) const { return static_cast<std::uint64_t>(ns / ns_per_tick); }
};

}  // namespace bulwark::bench
