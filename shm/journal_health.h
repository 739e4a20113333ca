// SPDX-License-Identifier: Apache-2.0
// How it stands with the journal: a part of the board (shm/layout.h).
#pragma once

#include <atomic>
#include <cstdint>

#include "shm/words.h"

namespace bulwark::shm {

enum class JournalHealth : std::uint32_t { Unknown, Healthy, Full, Failed };

inline constexpr std::uint64_t journal_files_few = 2;  // a disk with room for fewer of them is nearly full

// What the journal's writer says of its disk.
struct JournalDisk {
  std::atomic<std::uint64_t> files_left;  // for so many more files of the journal there is room
  Text<255> failure;                      // why the health is Failed; written before it is
};

}  // namespace bulwark::shm
