// SPDX-License-Identifier: Apache-2.0
// Where a journal begins, how far it is durable, and its blocks up to there.
#include "sidecar/ledger/follow.h"

#include <algorithm>
#include <cstring>

#include "shm/board_reader.h"
#include "sidecar/journal/kept.h"

namespace bulwark::ledger {

std::uint64_t durable_sequence(const Source& source) {
  const auto head = journal::read_head(source.journal_directory);
  std::uint64_t sequence = head ? head->sequence : 0;
  if (source.run_folder.empty()) return sequence;
  // Each time anew: a sidecar that begins puts another board in the place of this one.
  const auto board = shm::map_read_only<shm::Board>(source.run_folder + "/board", shm::SegmentKind::Board);
  if (board) sequence = std::max(sequence, board->journal_written.load(std::memory_order_acquire));
  return sequence;
}

Follower::Follower(const Source& source) : source_(source), rows_(source.journal_directory) {}

std::optional<journal::FileHeader> first_file(const std::string& directory) {
  const auto kept = journal::read_kept(directory);
  for (const std::string& file : journal::journal_files(directory)) {
    const auto words = journal::first_words(file, journal::file_header_words);
    journal::FileHeader header{};
    if (words.size() < journal::file_header_words) return {};
    std::memcpy(&header, words.data(), sizeof header);
    if (header.magic != journal::file_magic || header.checksum != journal::header_checksum(header)) return {};
    if (!kept || header.first_sequence > kept->facts.sequence) return header;  // else it is about to be deleted
  }
  return {};
}

// What comes before the first file that is there, retention has taken away.
void Follower::open() {
  const auto header = first_file(source_.journal_directory);
  if (!header) return;
  reader_.emplace(source_.journal_directory, header->first_sequence, journal::Reading::AsItGrows);
  journal_ = header->journal;
  first_ = header->first_sequence;
  last_ = header->first_sequence - 1;
  before_ = hash_ = header->previous;
}

std::uint64_t Follower::journal() {
  if (!reader_) open();
  return journal_;
}

bool Follower::next() {
  if (journal() == 0) return false;
  if (last_ >= durable_) durable_ = std::max(trusted_, durable_sequence(source_));
  if (last_ >= durable_) return false;
  if (reader_->next()) {
    last_ = block().last;
    hash_ = block().hash;
    return true;
  }
  if (reader_->ending().kind == journal::EndKind::Damaged) throw journal::JournalError(reader_->ending().text());
  return false;
}

void Follower::take(RowSink& sink, const std::function<void(const journal::Record&)>& each) {
  journal::BlockRecords records(block());
  for (journal::Record record; records.next(record);) {
    if (each) each(record);
    rows_.take(record, sink);
  }
}

}  // namespace bulwark::ledger
