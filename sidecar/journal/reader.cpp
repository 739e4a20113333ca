// SPDX-License-Identifier: Apache-2.0
// Reading a journal: every length and checksum is looked at before anything is believed.
#include "sidecar/journal/reader.h"

#include <sys/stat.h>

#include <boost/interprocess/file_mapping.hpp>
#include <cstring>

namespace bulwark::journal {

namespace ipc = boost::interprocess;

JournalReader::JournalReader(const std::string& directory) : files_(journal_files(directory)) {
  if (files_.empty()) {
    ending_.kind = EndKind::Whole;
    return;
  }
  open_file();
}

void JournalReader::end(EndKind kind, std::string what) { ending_ = {kind, files_[file_], at_ * 8, std::move(what)}; }

bool JournalReader::open_file() {
  at_ = word_count_ = byte_count_ = 0;
  words_ = nullptr;
  struct stat info {};
  if (::stat(files_[file_].c_str(), &info) != 0) return end(EndKind::Damaged, "cannot be opened"), false;
  byte_count_ = static_cast<std::uint64_t>(info.st_size);
  word_count_ = byte_count_ / 8;
  if (byte_count_ > 0) {
    try {
      const ipc::file_mapping mapping(files_[file_].c_str(), ipc::read_only);
      region_ = ipc::mapped_region(mapping, ipc::read_only);
    } catch (const ipc::interprocess_exception& error) {
      return end(EndKind::Damaged, std::string("cannot be read: ") + error.what()), false;
    }
    words_ = static_cast<const std::uint64_t*>(region_.get_address());
  }
  return read_header();
}

bool JournalReader::read_header() {
  // A crash may leave the newest file with no more than a part of its header, and then nothing was ever in it.
  const bool last = file_ + 1 == files_.size();
  if (word_count_ < file_header_words) {
    end(last ? EndKind::Torn : EndKind::Damaged, "the file ends within its header");
    return false;
  }
  FileHeader header;
  std::memcpy(&header, words_, sizeof header);
  if (header.magic != file_magic) return end(EndKind::Damaged, "this is no journal file"), false;
  if (header.checksum != header_checksum(header)) {
    return end(EndKind::Damaged, "the header does not fit its checksum"), false;
  }
  if (header.version != format_version) {
    return end(EndKind::Damaged, "format version " + std::to_string(header.version) +
                                     " of another build (this one: " + std::to_string(format_version) + ")"),
           false;
  }
  if (journal_ == 0) {
    journal_ = header.journal;
  } else if (header.journal != journal_) {
    return end(EndKind::Damaged, "this file belongs to another journal"), false;
  }
  if (header.first_sequence != last_sequence_ + 1) {
    return end(EndKind::Damaged, "record " + std::to_string(last_sequence_ + 1) + " should begin this file, not " +
                                     std::to_string(header.first_sequence)),
           false;
  }
  at_ = file_header_words;
  return true;
}

bool JournalReader::whole_record(std::uint64_t at, std::uint64_t sequence_min, std::uint64_t sequence_max) const {
  if (at + 2 > word_count_) return false;
  const Commit commit = Commit::of(words_[at]);
  if (commit.sequence < sequence_min || commit.sequence > sequence_max) return false;
  if (commit.words == 0 || commit.words > record_words_max || at + 2 + commit.words > word_count_) return false;
  return record_checksum(commit, {words_ + at + 2, commit.words}) == words_[at + 1];
}

// A tail may be cut only where nothing whole stands behind it: otherwise it was no crash that broke the record.
bool JournalReader::something_follows() const {
  const std::uint64_t first = last_sequence_ + 1;
  for (std::uint64_t at = at_ + 1; at < word_count_; ++at) {
    if (whole_record(at, first, first + word_count_)) return true;
  }
  return false;
}

bool JournalReader::end_of_file() {
  if (at_ * 8 == byte_count_) {
    if (file_ + 1 == files_.size()) return end(EndKind::Whole, ""), false;
    ++file_;
    return open_file();
  }
  if (file_ + 1 < files_.size()) return end(EndKind::Damaged, "a record is damaged"), false;
  if (something_follows()) return end(EndKind::Damaged, "a record is damaged, and whole ones follow it"), false;
  return end(EndKind::Torn, "the last record is not whole"), false;
}

bool JournalReader::next(Record& record) {
  while (ending_.kind == EndKind::None && !whole_record(at_, last_sequence_ + 1, last_sequence_ + 1)) {
    if (!end_of_file()) return false;
  }
  if (ending_.kind != EndKind::None) return false;
  const Commit commit = Commit::of(words_[at_]);
  if (!decode(commit, {words_ + at_ + 2, commit.words}, record)) {
    return end(EndKind::Damaged, "record " + std::to_string(commit.sequence) + " makes no sense to this build"), false;
  }
  record_at_ = at_;
  at_ += 2 + commit.words;
  last_sequence_ = commit.sequence;
  return true;
}

}  // namespace bulwark::journal
