// SPDX-License-Identifier: Apache-2.0
// Blocks: the records of one group commit, or of 64 KiB of it, closed by a seal that chains them to the block before.
//
//   seal     | Commit word | crc32c | first record | first of the commit | sealed at | flags | hash, 4 words |
//
// The hash is SHA-256 over the hash of the block before, all bytes of the block's records, and the seal's own words
// before the hash (without the checksum). Before the first block of a journal it is zeros. Cold.
#pragma once

#include <span>

#include "shm/units.h"
#include "sidecar/journal/hash.h"
#include "sidecar/journal/record.h"

namespace bulwark::journal {

inline constexpr std::size_t block_words_max =
    64 * 1024 / 8;  // of records; the one that passes it opens the next block
inline constexpr std::size_t seal_words = 8;

struct Seal {
  std::uint64_t first;   // sequence of the block's first record; the seal's own sequence is that of its last
  std::uint64_t commit;  // of the commit's: what came before that was durable before any of this was written
  TimeNs sealed;         // UTC
  bool ends_commit;      // it was durable before anything was written behind it
  Hash hash;

  static Seal of(std::span<const std::uint64_t, seal_words> words) {
    return {words[0],
            words[1],
            {static_cast<std::int64_t>(words[2])},
            words[3] == 1,
            {words[4], words[5], words[6], words[7]}};
  }
  std::array<std::uint64_t, seal_words> words() const {
    return {first,   commit, static_cast<std::uint64_t>(sealed.ns), ends_commit ? 1U : 0U, hash[0], hash[1],
            hash[2], hash[3]};
  }
  // What `hash` has to be, where the block's records are these words and its last one is `last`.
  Hash chained(Sha256& sha, const Hash& previous, std::span<const std::uint64_t> records, std::uint64_t last) const {
    const std::array<std::uint64_t, seal_words> own = words();
    const std::uint64_t mark[1] = {Commit{last, seal_words, RecordType::Seal}.word()};
    return sha.of({previous, records, mark, std::span(own).first<4>()});
  }
};

}  // namespace bulwark::journal
