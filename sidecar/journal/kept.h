// SPDX-License-Identifier: Apache-2.0
// Where a journal begins from which retention has deleted the oldest files: `kept.snapshot` in its folder, a snapshot
// (snapshot.h) of the very moment before the first record that is kept. It names that record, and the hash of the last
// block that was deleted, from which the chain goes on; and its state is what whoever begins there has to know: the
// names behind the indices, the configuration in force, positions, orders, limits. Cold.
#pragma once

#include <optional>
#include <string>

#include "sidecar/journal/replay.h"
#include "sidecar/journal/snapshot.h"

namespace bulwark::journal {

inline constexpr char retention_name[] = "bulwark retention";  // who makes the remark

std::string kept_path(const std::string& directory);

// None: nothing was deleted. Throws JournalError where it cannot be believed.
std::optional<SnapshotHeader> read_kept(const std::string& directory);

// What the journal says before anything goes: nobody can delete the beginning and leave no trace.
std::string deletion_text(std::uint64_t last_deleted, const Hash& chain);

// A replay that stands before the first record that there is.
Replay replay_from_beginning(const std::string& directory, const LoadRules& load_rules);

}  // namespace bulwark::journal
