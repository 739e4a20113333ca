// SPDX-License-Identifier: Apache-2.0
// A journal file, journal/NNNNNN.journal: a header, then blocks of records (seal.h) without gaps between them, then
// zeros as long as it is being written: its room is taken in advance. Cold.
//
//   header   20 words, see FileHeader
//   record   | Commit word | crc32c 32, spare 32 | words ... |     the checksum covers the commit word and the words
//
// Sequences count from 1 and leave nothing out; a file begins where the one before it ended.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "shm/words.h"
#include "sidecar/journal/hash.h"
#include "sidecar/journal/record.h"

namespace bulwark::journal {

inline constexpr std::uint64_t file_magic = 0x0a6c6e726a6c7762ULL;  // "bwljrnl\n"
inline constexpr std::uint32_t format_version = 2;

struct FileHeader {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t header_bytes;
  std::uint64_t journal;         // id, the same in every file of a journal
  std::uint64_t number;          // of this file, from 1
  std::uint64_t first_sequence;  // of its first record
  std::int64_t created_ns;       // UTC
  Hash previous;                 // of the block before the first one in this file
  Id instance;
  std::uint32_t spare2;
  std::uint32_t checksum;  // crc32c of all words, this one being 0
};
static_assert(sizeof(FileHeader) == 160);
inline constexpr std::uint64_t file_header_words = sizeof(FileHeader) / 8;

std::uint32_t header_checksum(FileHeader header);
std::uint32_t record_checksum(Commit commit, std::span<const std::uint64_t> words);

// Paths of all journal files of a folder, packed or not, in the order of their numbers.
std::vector<std::string> journal_files(const std::string& directory);
std::string journal_file_path(const std::string& directory, std::uint64_t number);
std::uint64_t journal_file_number(const std::string& path);

// The whole of a file. Throws JournalError.
std::string read_whole(const std::string& path);

// A new name is durable only when its folder is.
void make_names_durable(const std::string& directory);

// What cannot be done with a journal, in words for a person; the sidecar then refuses to start.
class JournalError : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

// One file that is being written. Every failure throws, is final, and is never tried again.
class FileWriter {
public:
  // Creates the file, takes `room_bytes` of the disk for it, and makes it and its name durable.
  FileWriter(const std::string& directory, FileHeader header, std::uint64_t room_bytes);
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  void write(std::span<const std::uint64_t> words);
  // Everything written is on the disk when this returns.
  void sync();
  // As sync, and what is left of its room is given back: nothing comes behind it.
  void close_whole();

  std::uint64_t bytes() const { return bytes_; }

private:
  std::string path_;
  int fd_;
  std::uint64_t bytes_ = 0;
};

}  // namespace bulwark::journal
