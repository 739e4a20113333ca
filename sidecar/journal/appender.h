// SPDX-License-Identifier: Apache-2.0
// The end of a journal that is being written: takes records, seals them in blocks, begins a new file where one is full,
// and keeps the head. Every failure throws, is final, and is never tried again. Cold.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "shm/clock.h"
#include "sidecar/journal/file.h"
#include "sidecar/journal/head.h"
#include "sidecar/journal/seal.h"

namespace bulwark::journal {

inline constexpr std::uint64_t segment_bytes_usual = 64ULL << 20U;

class Appender {
public:
  struct Plan {
    std::string directory;
    std::uint64_t journal = 0;  // id
    std::string instance;
    std::uint64_t segment_bytes = segment_bytes_usual;
    std::function<TimeNs()> wall = shm::wall_now;  // what stands in headers and seals
    // The last block that there is.
    std::uint64_t sequence = 0;
    Hash hash{};
  };

  // Begins the next file. What was there before has to be durable.
  explicit Appender(Plan plan);

  void append(Commit commit, std::span<const std::uint64_t> words);
  // Everything appended is sealed and on the disk when this returns.
  void sync();
  // To be called when whoever gave the records knows that they are durable: about once a second it writes the head.
  bool keep_head();
  // The journal ends in good order: nothing comes behind it.
  void finish();

  std::uint64_t last_sequence() const { return last_; }
  std::uint64_t file_bytes() const { return file_->bytes(); }  // written so far
  const std::string& directory() const { return plan_.directory; }
  std::uint64_t segment_bytes() const { return plan_.segment_bytes; }
  std::uint64_t free_bytes() const;  // of the disk

private:
  void seal(bool ends_commit);
  void write_out();
  void begin_file();
  void write_head_now(bool clean);

  Plan plan_;
  Sha256 sha_;
  Hash hash_;  // of the last block
  // Sequence of the last record that is durable; that is sealed; that was appended.
  std::uint64_t committed_, sealed_, last_;
  std::vector<std::uint64_t> buffer_;  // what is not written yet; the open block begins at `block_`
  std::size_t block_ = 0;
  std::uint64_t number_;  // of the file
  std::unique_ptr<FileWriter> file_;
  std::uint64_t head_sequence_ = 0;
  MonotonicNs head_written_{};
  bool finished_ = false;
};

}  // namespace bulwark::journal
