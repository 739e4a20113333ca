// SPDX-License-Identifier: Apache-2.0
// Reads a journal from its first record to its last, through all its files. Cold.
// A torn tail (a record that never became whole, with nothing whole behind it) ends the journal and is reported; any
// other damage ends the reading with the file and the byte where it begins.
#pragma once

#include <boost/interprocess/mapped_region.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "sidecar/journal/file.h"
#include "sidecar/journal/words.h"

namespace bulwark::journal {

enum class EndKind : std::uint8_t { None, Whole, Torn, Damaged };

// How the reading ended. `byte` is where the last whole record of `file` ends.
struct Ending {
  EndKind kind = EndKind::None;
  std::string file;
  std::uint64_t byte = 0;
  std::string what;
};

class JournalReader {
public:
  explicit JournalReader(const std::string& directory);

  // False: no more records; `ending` says how that came.
  bool next(Record& record);
  const Ending& ending() const { return ending_; }

  std::uint64_t last_sequence() const { return last_sequence_; }
  std::uint64_t journal() const { return journal_; }  // id; 0: there are no files
  std::uint64_t file_count() const { return files_.size(); }
  // Where the record that `next` gave stands, for whoever wants to cut behind it.
  const std::string& file() const { return files_[file_]; }
  std::uint64_t record_begin() const { return record_at_ * 8; }
  std::uint64_t record_end() const { return at_ * 8; }

private:
  bool open_file();
  bool read_header();
  bool end_of_file();
  bool whole_record(std::uint64_t at, std::uint64_t sequence_min, std::uint64_t sequence_max) const;
  bool something_follows() const;
  void end(EndKind kind, std::string what);

  std::vector<std::string> files_;
  std::size_t file_ = 0;
  boost::interprocess::mapped_region region_;
  const std::uint64_t* words_ = nullptr;
  std::uint64_t word_count_ = 0, byte_count_ = 0;
  std::uint64_t at_ = 0, record_at_ = 0;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t journal_ = 0;
  Ending ending_;
};

}  // namespace bulwark::journal
