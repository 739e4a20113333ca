// SPDX-License-Identifier: Apache-2.0
// Snapshots: what a replay of the journal has come to at one record, in journal/snapshot-SEQUENCE.snapshot, so that the
// next one need not begin at the beginning.
//
//   SnapshotHeader | zstd: the engine's state, as it saves itself (core/state) |
//
// A snapshot is a shortcut and never a source: it counts only while the journal holds the very block that it was taken
// at, and one that is damaged, or of another build, is passed over. Cold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "shm/units.h"
#include "sidecar/journal/hash.h"

namespace bulwark::core {
class Engine;
}

namespace bulwark::journal {

// What a replay knows beside its engine.
struct ReplayFacts {
  std::uint64_t sequence = 0;       // of the last record applied
  std::uint64_t configuration = 0;  // hash of the one in force
  std::uint64_t permission = 0;     // the last word taken over from a kill page
  std::uint64_t lease_lapses = 0;
  TimeNs last_t{INT64_MIN};
  std::uint64_t ended_clean = 1;  // the last record is an end, or there is none
};

struct SnapshotHeader {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t header_bytes;
  std::uint64_t journal;  // id
  ReplayFacts facts;
  Hash chain;   // of the block that holds the last record
  Hash digest;  // SHA-256 of the state
  std::uint64_t state_bytes, body_bytes;
  std::int64_t written_ns;  // UTC
  std::uint32_t spare;
  std::uint32_t checksum;  // crc32c of all words, this one being 0
};
static_assert(sizeof(SnapshotHeader) == 168);

inline constexpr std::size_t snapshots_kept = 2;

// SHA-256 of what the engine saves.
Hash state_digest(const core::Engine& engine);

std::string snapshot_name(std::uint64_t sequence);
// Paths of a folder's snapshots, the newest first.
std::vector<std::string> snapshot_files(const std::string& directory);

// Whole and durable, or not there at all; older ones than the newest two go. Throws JournalError.
// The state's digest.
Hash write_snapshot(const std::string& directory, std::uint64_t journal, const ReplayFacts& facts, const Hash& chain,
                    const core::Engine& engine);

// The same, under another name; `making` is what it is called before it is whole.
Hash write_snapshot_to(const std::string& path, const std::string& making, std::uint64_t journal,
                       const ReplayFacts& facts, const Hash& chain, const core::Engine& engine);

// Throw JournalError where it cannot be believed.
SnapshotHeader read_snapshot_header(const std::string& path);
std::vector<std::byte> read_snapshot_state(const std::string& path, const SnapshotHeader& header);

}  // namespace bulwark::journal
