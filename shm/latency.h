// SPDX-License-Identifier: Apache-2.0
// How long something took, counted in places whose width grows with what falls into them: HdrHistogram's layout. The
// one who measures stores into `LatencyCounts`, which are shared memory; everyone else judges a copy, `Latency`.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "shm/units.h"

namespace bulwark::shm {

// Exact below 2^(half_bits + 1); from there on each doubling has 2^half_bits places of the same width.
template <unsigned half_bits, unsigned bucket_count>
struct Places {
  static constexpr std::uint64_t half_count = std::uint64_t{1} << half_bits;
  static constexpr std::size_t count = (bucket_count + 1) * half_count;
  static constexpr std::uint64_t value_max = (half_count << bucket_count) - 1;  // greater ones count as this

  static constexpr std::size_t place_of(std::uint64_t value) {
    value = std::min(value, value_max);
    const unsigned bucket = bucket_of(value);
    return bucket * half_count + (value >> bucket);
  }
  static constexpr std::uint64_t lowest(std::size_t place) {
    const std::uint64_t bucket = place < 2 * half_count ? 0 : place / half_count - 1;
    return (place - bucket * half_count) << bucket;
  }
  static constexpr std::uint64_t width(std::size_t place) { return std::uint64_t{1} << bucket_of(lowest(place)); }
  static constexpr std::uint64_t highest(std::size_t place) { return lowest(place) + width(place) - 1; }
  static constexpr std::uint64_t middle(std::size_t place) { return lowest(place) + width(place) / 2; }

private:
  static constexpr unsigned bucket_of(std::uint64_t value) {
    return static_cast<unsigned>(std::bit_width(value | (2 * half_count - 1))) - (half_bits + 1);
  }
};

// The place of the value below or at which `percentile` of 100 of all `total` values lie.
template <class Counts>
constexpr std::size_t place_of_percentile(const Counts& counts, std::uint64_t total, double percentile) {
  const double wanted = percentile / 100.0 * static_cast<double>(total) - 1e-6;
  std::uint64_t seen = 0;
  for (std::size_t place = 0; place < counts.size(); ++place) {
    seen += counts[place];
    if (seen != 0 && static_cast<double>(seen) >= wanted) return place;
  }
  return counts.size() - 1;
}

// In ns, up to 68 s: longer than any call of a client waits. The middle of a place is within a sixteenth of all in it.
using LatencyPlaces = Places<3, 33>;

struct LatencyCounts {
  using Word = std::atomic<std::uint64_t>;
  Word counts[LatencyPlaces::count];
  Word sum_ns, max_ns;  // behind the counts, and stored before them: so a copy has them too
};
static_assert(LatencyCounts::Word::is_always_lock_free && std::is_standard_layout_v<LatencyCounts>);

// By the one who measures: plain loads and stores. Relaxed: no other data goes with it.
inline void record(LatencyCounts& to, DurationNs took) noexcept {
  const std::uint64_t ns = took.ns > 0 ? static_cast<std::uint64_t>(took.ns) : 0;
  const auto add = [](LatencyCounts::Word& word, std::uint64_t more) {
    word.store(word.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  };
  if (ns > to.max_ns.load(std::memory_order_relaxed)) to.max_ns.store(ns, std::memory_order_relaxed);
  add(to.sum_ns, ns);
  add(to.counts[LatencyPlaces::place_of(ns)], 1);
}

// A copy, taken while it may go on being written; several add up.
struct Latency {
  std::array<std::uint64_t, LatencyPlaces::count> counts{};  // of LatencyPlaces
  std::uint64_t sum_ns = 0, max_ns = 0;

  static Latency copy_of(const LatencyCounts& from) {
    Latency copy;
    for (std::size_t place = 0; place < copy.counts.size(); ++place) {
      copy.counts[place] = from.counts[place].load(std::memory_order_relaxed);
    }
    copy.sum_ns = from.sum_ns.load(std::memory_order_relaxed);
    copy.max_ns = from.max_ns.load(std::memory_order_relaxed);
    return copy;
  }

  void add(const Latency& other) {
    for (std::size_t place = 0; place < counts.size(); ++place) counts[place] += other.counts[place];
    sum_ns += other.sum_ns;
    max_ns = std::max(max_ns, other.max_ns);
  }

  std::uint64_t count() const {
    std::uint64_t total = 0;
    for (const std::uint64_t of_place : counts) total += of_place;
    return total;
  }

  // 0 where there was none.
  std::uint64_t percentile_ns(double percentile) const {
    const std::uint64_t total = count();
    if (total == 0) return 0;
    return std::min(max_ns, LatencyPlaces::middle(place_of_percentile(counts, total, percentile)));
  }
};

}  // namespace bulwark::shm
