// SPDX-License-Identifier: Apache-2.0
// The file `head` of a journal's folder: the last sealed block that was known to be durable when it was written, about
// once a second and at the end. The files may hold more than it says, never less: so a tail that is gone is missed.
#pragma once

#include <optional>
#include <string>

#include "shm/units.h"
#include "sidecar/journal/hash.h"

namespace bulwark::journal {

struct Head {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t clean;       // 1: the journal ended in good order; then the files hold exactly this
  std::uint64_t journal;     // id
  std::uint64_t sequence;    // of the block's last record; 0: nothing is sealed yet
  Hash hash;                 // of that block
  std::uint64_t file;        // number of the file that it stands in
  std::uint64_t file_bytes;  // how long that file is up to and with the seal
  std::int64_t written_ns;   // UTC
  std::uint32_t spare;
  std::uint32_t checksum;  // crc32c of all words, this one being 0
};
static_assert(sizeof(Head) == 96);

std::string head_path(const std::string& directory);

// None: there is no head. Throws JournalError where there is one that cannot be believed.
std::optional<Head> read_head(const std::string& directory);

// The one of before, or this one whole, whatever happens. Magic, version and checksum are filled in.
void write_head(const std::string& directory, Head head);

}  // namespace bulwark::journal
