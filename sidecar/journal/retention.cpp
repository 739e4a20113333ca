// SPDX-License-Identifier: Apache-2.0
#include "sidecar/journal/retention.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "shm/clock.h"
#include "sidecar/journal/segment.h"
#include "sidecar/journal/shipped.h"

namespace bulwark::journal {

namespace {

constexpr std::int64_t day_ns = 86'400'000'000'000;
constexpr DurationNs step_max = milliseconds(100);

// The header of a file, and the type of its first record; none where they are not whole.
struct Beginning {
  FileHeader header;
  RecordType first;
};

std::optional<Beginning> beginning_of(const std::string& path) {
  const auto words = first_words(path, file_header_words + 1);
  if (words.size() <= file_header_words) return std::nullopt;
  Beginning result{};
  std::memcpy(&result.header, words.data(), sizeof result.header);
  result.first = Commit::of(words[file_header_words]).type;
  if (result.header.magic != file_magic || result.header.checksum != header_checksum(result.header))
    return std::nullopt;
  return result;
}

// What came of an event stays with it, and so does what stands before one: a remark before a configuration, a stop
// before its halt.
bool begins_something(RecordType type) {
  return type != RecordType::None && !is_output(type) && type != RecordType::Configuration &&
         type != record_type(core::EventType::Control);
}

}  // namespace

void Retention::step() {
  if (plan_.days == 0) return;
  if (!goes_) return begin();
  if (replay_->sequence < goes_->last) return prove();
  if (said_ == 0) said_ = plan_.remark(deletion_text(goes_->last, goes_->hash));
  else if (said_ <= plan_.durable()) finish();
}

// Files that an earlier one was about to delete go first.
void Retention::begin() {
  const MonotonicNs now = shm::monotonic_now();
  if (now < looks_) return;
  looks_ = now + plan_.interval;
  remove_files();
  const auto kept = read_kept(plan_.directory);
  goes_ = find(kept ? kept->facts.sequence : 0);
  if (!goes_) return;
  said_ = 0;
  replay_.emplace(replay_from_beginning(plan_.directory, plan_.load_rules));
  reader_ = std::make_unique<JournalReader>(plan_.directory, replay_->sequence + 1);
}

// The last file that may go.
std::optional<Retention::Candidate> Retention::find(std::uint64_t kept) const {
  std::vector<Candidate> old;
  const std::vector<std::string> files = journal_files(plan_.directory);
  std::uint64_t journal = 0;
  for (std::size_t k = 1; k < files.size(); ++k) {
    const auto next = beginning_of(files[k]);  // a file was closed when the one behind it began
    if (!next || next->header.created_ns >= plan_.wall().ns - plan_.days * day_ns) break;
    const std::uint64_t last = next->header.first_sequence - 1;
    journal = next->header.journal;
    if (last > kept && begins_something(next->first)) old.push_back({last, next->header.previous});
  }
  if (old.empty()) return std::nullopt;
  const std::uint64_t snapshot = oldest_snapshot(journal);
  const std::uint64_t shipped = plan_.only_if_shipped ? this->shipped() : UINT64_MAX;
  while (!old.empty() && (old.back().last >= snapshot || old.back().last > shipped)) old.pop_back();
  return old.empty() ? std::nullopt : std::optional(old.back());
}

// 0: there is none of this journal.
std::uint64_t Retention::oldest_snapshot(std::uint64_t journal) const {
  std::uint64_t oldest = 0;
  for (const std::string& path : snapshot_files(plan_.directory)) {
    try {
      const SnapshotHeader header = read_snapshot_header(path);
      if (header.journal == journal) oldest = header.facts.sequence;  // the newest comes first
    } catch (const JournalError&) {
      return 0;  // what recovery passes over, nothing is deleted for
    }
  }
  return oldest;
}

// Only what this journal has itself is believed. 0: nothing.
std::uint64_t Retention::shipped() const {
  const Shipped said = read_shipped(plan_.directory);
  if (said.sequence == 0) return 0;
  BlockReader reader(plan_.directory, said.sequence);
  const bool known = reader.next() && reader.journal() == said.journal && reader.block().last == said.sequence &&
                     to_hex(reader.block().hash) == said.hash;
  return known ? said.sequence : 0;
}

void Retention::prove() {
  const MonotonicNs until = shm::monotonic_now() + step_max;
  try {
    for (Record record; replay_->sequence < goes_->last;) {
      if (!reader_->next(record)) throw JournalError(reader_->ending().text());
      replay_->apply(record);
      if (until < shm::monotonic_now()) return;
    }
    if (!replay_->missing().empty() || reader_->blocks().last_hash() != goes_->hash) {
      throw JournalError(plan_.directory + ": the file behind record " + std::to_string(goes_->last) +
                         " does not go on where that one ends");
    }
  } catch (const std::exception& error) {
    goes_.reset();
    throw JournalError("nothing of the journal is deleted: " + std::string(error.what()));
  }
}

void Retention::finish() {
  const std::uint64_t journal = reader_->blocks().journal();
  reader_.reset();
  const std::string path = kept_path(plan_.directory);
  write_snapshot_to(path, path + ".new", journal, *replay_, goes_->hash, *replay_->engine);
  replay_.reset();
  goes_.reset();
  remove_files();
}

// Those that end before the first record that is kept.
void Retention::remove_files() const {
  const auto kept = read_kept(plan_.directory);
  if (!kept) return;
  const std::vector<std::string> files = journal_files(plan_.directory);
  for (std::size_t k = 1; k < files.size(); ++k) {
    const auto next = beginning_of(files[k]);
    if (!next || next->header.first_sequence > kept->facts.sequence + 1) break;
    if (::unlink(files[k - 1].c_str()) != 0) {
      throw JournalError(files[k - 1] + ": cannot be deleted: " + std::strerror(errno));
    }
  }
}

}  // namespace bulwark::journal
