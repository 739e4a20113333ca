// SPDX-License-Identifier: Apache-2.0
// The journal ring as a file of the run folder: RUN/NAME/ring. Cold.
#pragma once

#include <array>
#include <cstdint>
#include <fstream>
#include <string>

#include "shm/mapping.h"
#include "sidecar/journal/ring.h"

namespace bulwark::shm {
template <>
inline constexpr SegmentKind segment_kind<journal::RingHeader> = SegmentKind::Ring;
}  // namespace bulwark::shm

namespace bulwark::journal {

using RingMapping = shm::Mapping<RingHeader>;

// 128 bits that the kernel draws at each boot; zeros where it does not say.
inline std::array<std::uint64_t, 2> boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string text;
  std::getline(file, text);
  std::array<std::uint64_t, 2> id{};
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-' || digits >= 32) continue;
    const unsigned digit = c >= 'a' ? static_cast<unsigned>(c - 'a') + 10U : static_cast<unsigned>(c - '0');
    id[digits / 16] = id[digits / 16] << 4U | digit;
    ++digits;
  }
  return id;
}

inline RingView view_of(const RingMapping& ring) { return RingView::over(ring.get()); }

// A new, empty ring that takes the place of an older one: its first record will be `first_sequence`.
inline RingMapping create_ring(const std::string& path, std::uint64_t journal, std::uint64_t first_sequence,
                               std::uint64_t generation) {
  auto made = shm::create_segment<RingHeader>(path, RingView::bytes(), generation);
  made->journal = journal;
  const auto boot = boot_id();
  made->boot[0] = boot[0];
  made->boot[1] = boot[1];
  made->durable.store(RingCursor{first_sequence, 0}.word(), std::memory_order_relaxed);  // published by the ready mark
  return made.publish();
}

inline RingMapping open_ring(const std::string& path) {
  RingMapping ring = shm::attach<RingHeader>(path, shm::Access::ReadWrite);
  if (ring && ring.bytes() < RingView::bytes()) return RingMapping(shm::AttachStatus::Damaged);
  return ring;
}

}  // namespace bulwark::journal
