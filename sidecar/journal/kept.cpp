// SPDX-License-Identifier: Apache-2.0
#include "sidecar/journal/kept.h"

#include <filesystem>

#include "sidecar/journal/file.h"

namespace bulwark::journal {

std::string kept_path(const std::string& directory) { return directory + "/kept.snapshot"; }

std::optional<SnapshotHeader> read_kept(const std::string& directory) {
  const std::string path = kept_path(directory);
  if (!std::filesystem::exists(path)) return std::nullopt;
  try {
    return read_snapshot_header(path);
  } catch (const JournalError& error) {
    throw JournalError(path + ": byte 0: nobody can say where the journal begins: " + error.what());
  }
}

std::string deletion_text(std::uint64_t last_deleted, const Hash& chain) {
  return "deletes all records up to " + std::to_string(last_deleted) + "; SHA-256 of the last block " + to_hex(chain);
}

Replay replay_from_beginning(const std::string& directory, const LoadRules& load_rules) {
  if (!read_kept(directory)) return Replay(directory, load_rules);
  return Replay(directory, load_rules, kept_path(directory));
}

}  // namespace bulwark::journal
