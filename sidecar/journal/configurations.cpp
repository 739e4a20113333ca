// SPDX-License-Identifier: Apache-2.0
// Configurations beside the journal: written whole and durable before a record names them.
#include "sidecar/journal/configurations.h"

#include <cstdio>
#include <filesystem>
#include <system_error>

#include "shm/whole_file.h"
#include "sidecar/journal/file.h"

namespace bulwark::journal {

// FNV-1a: it tells configurations apart; that nobody forged one is the hash chain's business.
std::uint64_t configuration_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash == 0 ? 1 : hash;
}

std::string configuration_path(const std::string& directory, std::uint64_t hash) {
  char name[48];
  std::snprintf(name, sizeof name, "/config-%016llx.toml", static_cast<unsigned long long>(hash));
  return directory + name;
}

std::uint64_t save_configuration(const std::string& directory, std::string_view text) {
  const std::uint64_t hash = configuration_hash(text);
  const std::string path = configuration_path(directory, hash);
  if (std::filesystem::exists(path) && read_whole(path) == text) return hash;
  try {
    shm::write_whole(path, text);
  } catch (const std::system_error& error) {
    throw JournalError(error.what());
  }
  return hash;
}

std::string read_configuration(const std::string& directory, std::uint64_t hash) {
  const std::string path = configuration_path(directory, hash);
  if (!std::filesystem::exists(path)) {
    throw JournalError(path + ": the journal names this configuration, and it is not there");
  }
  std::string text = read_whole(path);
  if (configuration_hash(text) != hash) {
    throw JournalError(path + ": the file was changed: its content does not fit its name");
  }
  return text;
}

}  // namespace bulwark::journal
