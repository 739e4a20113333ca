// SPDX-License-Identifier: Apache-2.0
// Finding the next sealed block, and saying why there is none.
#include "sidecar/journal/blocks.h"

#include <algorithm>
#include <cstring>

#include "sidecar/journal/kept.h"

namespace bulwark::journal {

namespace {

// The words of a block, its seal, and one record more: what has to be looked at to find a whole block.
constexpr std::size_t block_window = block_words_max + 2 * (record_words_max + 2);

FileHeader header_of(std::span<const std::uint64_t> words) {
  FileHeader header{};
  if (!words.empty()) std::memcpy(&header, words.data(), words.size_bytes());
  return header;
}

}  // namespace

std::string Block::hashed() const {
  const auto own = seal.words();
  const std::uint64_t mark = Commit{last, seal_words, RecordType::Seal}.word();
  std::string bytes(reinterpret_cast<const char*>(words.data()), words.size_bytes());
  bytes.append(reinterpret_cast<const char*>(&mark), sizeof mark);
  return bytes.append(reinterpret_cast<const char*>(own.data()), sizeof own - sizeof hash);
}

bool BlockRecords::next(Record& record) {
  if (at_ == block_->words.size()) return false;
  const Commit commit = Commit::of(block_->words[at_]);
  if (!decode(commit, block_->words.subspan(at_ + 2, commit.words), record)) {
    throw JournalError(block_->file + ": byte " + std::to_string(byte()) + ": record " +
                       std::to_string(commit.sequence) + " makes no sense to this build");
  }
  at_ += 2U + commit.words;
  return true;
}

BlockReader::BlockReader(std::string directory, std::uint64_t from, Reading reading)
    : directory_(std::move(directory)), from_(from), reading_(reading) {}

bool BlockReader::end(EndKind kind, std::uint64_t word, std::string what) {
  ending_ = {kind, segment_ == nullptr ? directory_ : segment_->path(), word * 8, std::move(what)};
  return false;
}

bool BlockReader::damaged(const std::string& file, std::uint64_t byte, std::string what) {
  ending_ = {EndKind::Damaged, file, byte, std::move(what)};
  return false;
}

bool BlockReader::next() {
  if (ending_.kind == EndKind::Damaged) return false;
  ending_ = {};
  try {
    if (segment_ == nullptr && !begin()) return false;
    while (true) {
      if (at_ == 0 && !read_header()) return false;
      const Found found = look();
      if (found == Found::Block && block_.last >= from_) return true;
      if (found != Found::Block && !go_on(found)) return false;
    }
  } catch (const JournalError& error) {
    return damaged("", 0, error.what());
  }
}

// Opens the file that holds record `from`, or where that was deleted, the first record that is kept.
bool BlockReader::begin() {
  files_ = journal_files(directory_);
  head_ = read_head(directory_);
  kept_ = read_kept(directory_);
  if (kept_) from_ = std::max(from_, kept_->facts.sequence + 1);
  if (files_.empty()) return check_end(Found::Nothing);
  std::size_t file = files_.size() - 1;
  for (; file > 0; --file) {
    const FileHeader header = header_of(first_words(files_[file], file_header_words));
    if (header.checksum == header_checksum(header) && header.first_sequence <= from_) break;
  }
  return open_file(file);
}

bool BlockReader::open_file(std::size_t file) {
  const std::uint64_t number = journal_file_number(files_.at(file));
  try {
    segment_ = std::make_unique<SegmentFile>(files_[file]);
  } catch (const JournalError&) {
    const std::string gone = files_[file];
    files_ = journal_files(directory_);  // it may have been packed in this moment
    const auto found = std::ranges::find(files_, number, journal_file_number);
    if (found == files_.end()) throw JournalError(gone + ": byte 0: it was deleted while the journal was read");
    segment_ = std::make_unique<SegmentFile>(*found);
    file = static_cast<std::size_t>(found - files_.begin());
  }
  next_file_ = file + 1;
  ++files_read_;
  at_ = 0;
  return true;
}

// As they are now: there may be further ones, and retention may have taken some away.
void BlockReader::list_files() {
  files_ = journal_files(directory_);
  const auto next = std::ranges::upper_bound(files_, journal_file_number(segment_->path()), {}, journal_file_number);
  next_file_ = static_cast<std::size_t>(next - files_.begin());
}

bool BlockReader::read_header() {
  const FileHeader header = header_of(segment_->words(0, file_header_words));
  // A crash may leave the newest file before its header was whole; then there is nothing else in it.
  if (is_newest() && header.checksum != header_checksum(header) && zeros_from(file_header_words)) {
    why_ = "the file ends within its header";
    broken_ = 0;
    return check_end(Found::Broken);
  }
  const std::string why = journal_ == 0 ? wrong_first(header) : wrong_next(header);
  if (!why.empty()) return end(EndKind::Damaged, 0, why);
  if (!head_) return damaged(head_path(directory_), 0, "the journal's head is missing");
  if (head_->journal != header.journal) {
    return damaged(head_path(directory_), 0, "this head belongs to another journal");
  }
  journal_ = header.journal;
  sequence_ = header.first_sequence - 1;
  hash_ = header.previous;
  at_ = file_header_words;
  return true;
}

std::string BlockReader::wrong_first(const FileHeader& header) const {
  if (header.magic != file_magic) return "this is no journal file";
  if (header.version != format_version) {
    return "format version " + std::to_string(header.version) +
           " of another build (this one: " + std::to_string(format_version) + ")";
  }
  if (header.checksum != header_checksum(header)) return "the header does not fit its checksum";
  if (header.number != journal_file_number(segment_->path())) return "the header names another file";
  if (journal_ == 0 && header.first_sequence > from_) {
    return "record " + std::to_string(from_) + " is in no file: the first one begins with " +
           std::to_string(header.first_sequence);
  }
  if (journal_ != 0 || !kept_ || from_ != kept_->facts.sequence + 1) return {};
  if (header.journal == kept_->journal && header.first_sequence == from_ && header.previous == kept_->chain) return {};
  return "this is not what " + kept_path(directory_) + " says: the journal begins with record " +
         std::to_string(from_) + ", behind another block";
}

std::string BlockReader::wrong_next(const FileHeader& header) const {
  const std::string why = wrong_first(header);
  if (!why.empty()) return why;
  if (header.journal != journal_) return "this file belongs to another journal";
  if (header.first_sequence != sequence_ + 1) {
    return "record " + std::to_string(sequence_ + 1) + " should begin this file, not " +
           std::to_string(header.first_sequence);
  }
  if (header.previous != hash_) return "this file does not follow the one before it: its header names another hash";
  return {};
}

bool BlockReader::whole_record(std::uint64_t at, std::uint64_t first, Commit& commit) {
  const auto head = segment_->words(at, 2);
  if (head.size() < 2) return false;
  commit = Commit::of(head[0]);
  if (commit.sequence < first || commit.type == RecordType::None) return false;
  if (commit.words == 0 || commit.words > record_words_max) return false;
  const auto words = segment_->words(at, 2U + commit.words);
  return words.size() == 2U + commit.words && record_checksum(commit, words.subspan(2)) == words[1];
}

BlockReader::Found BlockReader::find_block() {
  const auto window = segment_->words(at_, block_window);
  if (window.empty() && segment_->bytes() <= at_ * 8) return Found::Nothing;
  if (!window.empty() && window[0] == 0 && (reading_ == Reading::AsItGrows || zeros_from(at_))) return Found::Nothing;
  std::uint64_t next = sequence_ + 1;
  for (std::size_t at = 0;;) {
    broken_ = at_ + at;
    why_ = "a record is damaged";
    if (at > block_words_max) why_ = "a block has no end";
    if (at > block_words_max || at + 2 > window.size()) return Found::Broken;
    const Commit commit = Commit::of(window[at]);
    const bool seal = commit.type == RecordType::Seal;
    if (commit.words == 0 || commit.words > record_words_max || at + 2 + commit.words > window.size()) {
      return Found::Broken;
    }
    const auto words = window.subspan(at + 2, commit.words);
    if (commit.sequence != (seal ? next - 1 : next) || commit.type == RecordType::None ||
        record_checksum(commit, words) != window[at + 1]) {
      return Found::Broken;
    }
    if (seal) return take_seal(at, window);
    at += 2 + words.size();
    ++next;
  }
}

// `words` begin with the block, and the seal stands at `at`.
BlockReader::Found BlockReader::take_seal(std::uint64_t at, std::span<const std::uint64_t> words) {
  const Commit commit = Commit::of(words[at]);
  if (commit.words != seal_words || at == 0) return Found::Broken;
  const Seal seal = Seal::of(words.subspan(at + 2).first<seal_words>());
  const auto records = words.first(at);
  broken_ = at_;
  why_ = "the block does not fit its seal";
  if (seal.first != sequence_ + 1 || seal.chained(sha_, hash_, records, commit.sequence) != seal.hash) {
    return Found::Broken;
  }
  const bool named = head_->sequence >= seal.first && head_->sequence <= commit.sequence;
  if (named && (head_->sequence != commit.sequence || head_->hash != seal.hash)) {
    why_ = "this block is not the one that the head names: one of both was changed";
    return Found::Other;
  }
  const std::uint64_t end = at_ + at + 2 + seal_words;
  block_ = {journal_, seal.first,       commit.sequence, seal.sealed, hash_, seal.hash,
            records,  segment_->path(), at_ * 8,         end * 8,     seal};
  at_ = end;
  sequence_ = commit.sequence;
  hash_ = seal.hash;
  return Found::Block;
}

bool BlockReader::zeros_from(std::uint64_t at) {
  constexpr std::size_t step = 64 * 1024;
  for (;; at += step) {
    const auto words = segment_->words(at, step);
    for (const std::uint64_t word : words) {
      if (word != 0) return false;
    }
    if (words.size() < step) return segment_->bytes() / 8 <= at + words.size();
  }
}

// A tail may be cut only where nothing behind it was ever durable: a commit was, if anything was written after it.
bool BlockReader::something_durable_follows() {
  const std::uint64_t first = sequence_ + 1;
  bool after_commit = false;
  Commit commit{};
  for (std::uint64_t at = at_; !segment_->words(at, 2).empty(); ++at) {
    if (segment_->words(at, 1)[0] == 0 || !whole_record(at, first, commit)) continue;
    if (after_commit) return true;
    if (commit.type != RecordType::Seal || commit.words != seal_words) continue;
    const Seal seal = Seal::of(segment_->words(at + 2, seal_words).first<seal_words>());
    if (seal.commit > first) return true;
    after_commit = seal.ends_commit;
  }
  return false;
}

// The next block, as the files are now. What was read before may have become whole since; and a file behind which there
// was another one before it was looked at gets no longer.
BlockReader::Found BlockReader::look() {
  if (const Found found = find_block(); found == Found::Block) return found;
  list_files();
  if (auto head = read_head(directory_)) head_ = head;
  segment_->forget();
  const Found found = find_block();
  if (found != Found::Broken || !is_newest() || !something_durable_follows()) return found;
  segment_->forget();
  if (const Found again = find_block(); again != Found::Broken) return again;
  why_ += ", and whole ones follow it";
  return Found::Other;
}

// There is no further block here. True: there is another file. Else `ending` says how the journal ends.
bool BlockReader::go_on(Found found) {
  if (found == Found::Other) return end(EndKind::Damaged, broken_, why_);
  if (is_newest()) return check_end(found);
  if (found == Found::Broken) return end(EndKind::Damaged, broken_, why_);
  if (at_ * 8 != segment_->bytes()) return end(EndKind::Damaged, at_, "a record is damaged");
  return open_file(next_file_);
}

// The files end here: does the head agree?
bool BlockReader::check_end(Found found) {
  if (head_ && sequence_ < head_->sequence) {
    const std::string what = "records up to " + std::to_string(head_->sequence) + " were here, as the head says";
    return end(EndKind::Damaged, found == Found::Nothing ? at_ : broken_, what);
  }
  const bool clean = head_ && head_->clean == 1 && segment_ != nullptr;
  if (clean && found == Found::Broken) return end(EndKind::Damaged, broken_, why_);
  if (clean && (segment_->bytes() != head_->file_bytes || at_ * 8 != head_->file_bytes)) {
    return end(EndKind::Damaged, at_, "something follows, but the journal ended here in good order, as the head says");
  }
  if (found == Found::Nothing) return end(EndKind::Whole, at_, "");
  return end(EndKind::Torn, at_, "the last block is not whole");
}

}  // namespace bulwark::journal
