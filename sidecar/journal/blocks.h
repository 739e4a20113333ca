// SPDX-License-Identifier: Apache-2.0
// Reads a journal block by block, from a given record on, through all its files: the one reader that there is. It may
// read a journal that is being written: where `next` says that there is no further block, it may be asked again later.
//
// Every length, checksum and hash is looked at before anything is believed. What a crash leaves behind the last seal (a
// block that was never durable, with nothing behind it that was) is torn; any other damage ends the reading for good,
// with the file and the byte where it begins. So does a tail that is gone: the head knows of it. Cold.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sidecar/journal/file.h"
#include "sidecar/journal/head.h"
#include "sidecar/journal/seal.h"
#include "sidecar/journal/segment.h"
#include "sidecar/journal/snapshot.h"
#include "sidecar/journal/words.h"

namespace bulwark::journal {

// A sealed block. The words are the reader's, and valid until its next call.
struct Block {
  std::uint64_t journal = 0;          // id
  std::uint64_t first = 0, last = 0;  // sequences of its records
  TimeNs sealed{};                    // UTC
  Hash previous{}, hash{};
  std::span<const std::uint64_t> words;  // the records, as they stand in the file
  std::string file;
  std::uint64_t begin = 0, end = 0;  // bytes of the file; `end` is behind the seal
  Seal seal{};

  // What its hash is made of, behind the hash of the block before: whoever has a SHA-256 can check it.
  std::string hashed() const;
};

// The records of a block, one after the other. Throws JournalError at one that makes no sense to this build.
class BlockRecords {
public:
  explicit BlockRecords(const Block& block) : block_(&block) {}
  bool next(Record& record);
  std::uint64_t byte() const { return block_->begin + at_ * 8; }  // of the file: where the next record begins

private:
  const Block* block_;
  std::size_t at_ = 0;
};

enum class EndKind : std::uint8_t { None, Whole, Torn, Damaged };

// Why there is no further block. `byte` is where the damage begins, or where the last whole block ends.
struct Ending {
  EndKind kind = EndKind::None;
  std::string file;
  std::uint64_t byte = 0;
  std::string what;
  std::string text() const { return file.empty() ? what : file + ": byte " + std::to_string(byte) + ": " + what; }
};

enum class Reading : std::uint8_t { ToTheEnd, AsItGrows };

class BlockReader {
public:
  // Begins with the block that holds record `from`, or with the first that retention has left (kept.h).
  explicit BlockReader(std::string directory, std::uint64_t from = 1, Reading reading = Reading::ToTheEnd);

  // False: no further whole block, now or ever; `ending` says why.
  bool next();
  const Block& block() const { return block_; }
  const Ending& ending() const { return ending_; }
  // What is in the block makes no sense: that is damage too.
  void stop_here(const std::string& why) { damaged("", 0, why); }

  std::uint64_t journal() const { return journal_; }  // id; 0: there are no files
  std::uint64_t last_sequence() const { return sequence_; }
  const Hash& last_hash() const { return hash_; }
  std::uint64_t first_sequence() const { return from_; }  // that was looked for
  const std::optional<SnapshotHeader>& kept() const { return kept_; }
  std::size_t file_count() const { return files_read_; }
  const std::optional<Head>& head() const { return head_; }

private:
  // Other: certainly damaged; Broken: perhaps only torn.
  enum class Found : std::uint8_t { Block, Nothing, Broken, Other };

  bool begin();
  bool open_file(std::size_t file);
  void list_files();
  bool is_newest() const { return next_file_ >= files_.size(); }
  bool read_header();
  std::string wrong_first(const FileHeader& header) const;
  std::string wrong_next(const FileHeader& header) const;
  Found look();
  Found find_block();
  Found take_seal(std::uint64_t at, std::span<const std::uint64_t> words);
  bool whole_record(std::uint64_t at, std::uint64_t first, Commit& commit);
  bool zeros_from(std::uint64_t at);
  bool something_durable_follows();
  bool go_on(Found found);
  bool check_end(Found found);
  bool end(EndKind kind, std::uint64_t word, std::string what);
  bool damaged(const std::string& file, std::uint64_t byte, std::string what);

  const std::string directory_;
  std::uint64_t from_;
  const Reading reading_;
  Sha256 sha_;
  std::vector<std::string> files_;
  std::size_t next_file_ = 0;  // the one behind `segment_`
  std::size_t files_read_ = 0;
  std::optional<SnapshotHeader> kept_;
  std::unique_ptr<SegmentFile> segment_;
  std::optional<Head> head_;
  std::uint64_t at_ = 0;      // in words: where the next block begins; 0: the header is not read yet
  std::uint64_t broken_ = 0;  // where it is broken
  std::string why_;           // how
  std::uint64_t journal_ = 0;
  std::uint64_t sequence_ = 0;
  Hash hash_{};
  Block block_;
  Ending ending_;
};

}  // namespace bulwark::journal
