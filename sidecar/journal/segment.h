// SPDX-License-Identifier: Apache-2.0
// The bytes of one journal file, packed or not, for reading: never mapped, so that a file which is cut while somebody
// reads it is only shorter. Cold.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bulwark::journal {

class SegmentFile {
public:
  // Throws JournalError where it cannot be opened.
  explicit SegmentFile(const std::string& path);
  ~SegmentFile();
  SegmentFile(const SegmentFile&) = delete;
  SegmentFile& operator=(const SegmentFile&) = delete;

  const std::string& path() const { return path_; }
  std::uint64_t bytes() const;  // as it is now: a file that is being written is as long as the room that it has

  // The words from `word` on: as many as there are, at most `count`. Valid until the next call. What was read before is
  // given again as it was then, until `forget`.
  std::span<const std::uint64_t> words(std::uint64_t word, std::size_t count);
  void forget() { window_.clear(); }

private:
  std::string path_;
  int fd_;  // -1: it is packed, and stands whole in
  std::vector<std::uint64_t> unpacked_;
  std::uint64_t window_begin_ = 0;  // in words
  std::vector<std::uint64_t> window_;
};

// The first words of a file, packed or not: as many as there are, at most `count`. A packed one is not looked at
// further, so that only checksums of their own prove them.
std::vector<std::uint64_t> first_words(const std::string& path, std::size_t count);

}  // namespace bulwark::journal
