// SPDX-License-Identifier: Apache-2.0
// Closed journal files, packed: NNNNNN.journal becomes NNNNNN.journal.zst (zstd, with a checksum), and every reader
// reads either. Cold.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bulwark::journal {

inline constexpr char packed_suffix[] = ".zst";
bool is_packed(const std::string& path);

// What was packed, whole. Throws JournalError where a byte of it was changed.
std::vector<std::uint64_t> unpack(const std::string& path);

// At most `count` words of what was packed; fewer, or none, where it cannot be unpacked. Nothing is checked.
std::vector<std::uint64_t> unpack_first(const std::string& path, std::size_t count);

// Packs the oldest file of this journal that is not, and whose records are all durable; what it says is looked at
// before the file goes. False: there is none. Throws JournalError; then the file is as it was.
bool pack_oldest(const std::string& directory, std::uint64_t durable_sequence);

}  // namespace bulwark::journal
