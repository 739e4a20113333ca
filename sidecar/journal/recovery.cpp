// SPDX-License-Identifier: Apache-2.0
// Recovery in four steps: where does the journal end, cut behind what is known to be durable, write what the ring still
// holds, replay everything.
#include "sidecar/journal/recovery.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "sidecar/journal/reader.h"
#include "sidecar/journal/ring_file.h"

namespace bulwark::journal {

namespace {

// Where a journal may be cut: behind the last record that is to stay.
struct Cut {
  std::uint64_t sequence = 0;
  std::uint64_t last_whole = 0;
  std::uint64_t journal = 0;
  std::string file;
  std::uint64_t byte = 0;
  Ending ending;
};

// `keep` is the last record that may stay where it is; those after it come again from the ring.
Cut survey(const std::string& directory, std::uint64_t keep) {
  JournalReader reader(directory);
  Cut cut;
  Record record;
  while (reader.next(record)) {
    if (record.sequence > keep) continue;
    cut.sequence = record.sequence;
    cut.file = reader.file();
    cut.byte = reader.record_end();
  }
  cut.ending = reader.ending();
  cut.last_whole = reader.last_sequence();
  cut.journal = reader.journal();
  if (cut.ending.kind == EndKind::Damaged) {
    throw JournalError(cut.ending.file + ": byte " + std::to_string(cut.ending.byte) + ": " + cut.ending.what +
                       ". Nothing was changed; restore the file from a copy, or begin a new journal");
  }
  return cut;
}

// Files that hold nothing before the cut go; the one with the cut in it is shortened.
void cut_behind(const std::string& directory, const Cut& cut) {
  for (const std::string& file : journal_files(directory)) {
    if (file < cut.file) continue;
    if (file == cut.file) {
      if (::truncate(file.c_str(), static_cast<off_t>(cut.byte)) != 0) {
        throw JournalError(file + ": cannot cut the torn tail: " + std::strerror(errno));
      }
    } else if (::unlink(file.c_str()) != 0) {
      throw JournalError(file + ": cannot remove a file without a whole record: " + std::strerror(errno));
    }
  }
}

std::uint64_t next_file_number(const std::string& directory) {
  const auto files = journal_files(directory);
  return files.empty() ? 1 : std::stoull(std::filesystem::path(files.back()).stem().string()) + 1;
}

std::unique_ptr<FileWriter> begin_file(const RecoveryPlan& plan, std::uint64_t journal, std::uint64_t first_sequence) {
  FileHeader header{};
  header.journal = journal;
  header.number = next_file_number(plan.directory);
  header.first_sequence = first_sequence;
  header.created_ns = plan.wall.ns;
  header.instance = Id::from(plan.instance);
  return std::make_unique<FileWriter>(plan.directory, header);
}

std::uint64_t drain(RingView ring, FileWriter& file) {
  RingConsumer consumer(ring);
  Commit commit{};
  std::uint64_t words[record_words_max], count = 0;
  for (; consumer.take(commit, words); ++count) file.append(commit, {words, commit.words});
  file.sync();
  consumer.release();
  return count;
}

// What an old ring holds that may not be in the files. Nothing, where `last` is before `first`.
struct Held {
  std::uint64_t first = 1, last = 0, journal = 0;
  bool any() const { return last >= first; }
};

Held look_into(const RingMapping& ring, std::vector<std::string>& remarks, const std::string& path) {
  if (!ring) return {};
  const auto boot = boot_id();
  if (ring->boot[0] != boot[0] || ring->boot[1] != boot[1]) {
    remarks.push_back(path + ": this ring is from before the machine started; it is not used");
    return {};
  }
  RingConsumer probe(view_of(ring));
  Held held{probe.next_sequence(), 0, ring->journal};
  Commit commit{};
  std::uint64_t words[record_words_max];
  while (probe.take(commit, words)) {
  }
  held.last = probe.next_sequence() - 1;
  return held;
}

// A ring that holds something of a journal which is not here would lose what was acknowledged: then nothing starts.
void demand_fit(const RecoveryPlan& plan, const Held& held, const Cut& cut) {
  if (!held.any() || (held.journal == cut.journal && held.first <= cut.last_whole + 1)) return;
  if (cut.journal == 0 && held.first == 1) return;  // the very first file was never begun
  throw JournalError(plan.ring_path + ": this ring holds records from " + std::to_string(held.first) +
                     " on that belong to a journal which is not in " + plan.directory +
                     ". Restore that journal, or remove the ring if what it holds may be lost");
}

// The replay needs every file from the first record on, as it will be read the next time.
void replay_all(const std::string& directory, Recovered& result) {
  JournalReader reader(directory);
  Record record;
  while (reader.next(record)) result.replay.apply(record);
  if (reader.ending().kind != EndKind::Whole) {
    throw JournalError(reader.ending().file + ": byte " + std::to_string(reader.ending().byte) + ": " +
                       reader.ending().what);
  }
  result.next_sequence = reader.last_sequence() + 1;
}

}  // namespace

Recovered recover(const RecoveryPlan& plan) {
  std::error_code error;
  std::filesystem::create_directories(plan.directory, error);
  if (error) throw JournalError(plan.directory + ": cannot make the journal's folder: " + error.message());
  Recovered result{Replay(plan.directory, plan.load_rules)};
  const RingMapping ring = open_ring(plan.ring_path);
  const Held held = look_into(ring, result.remarks, plan.ring_path);
  Cut cut = survey(plan.directory, UINT64_MAX);
  demand_fit(plan, held, cut);
  if (cut.ending.kind == EndKind::Torn) {
    result.remarks.push_back(cut.ending.file + ": byte " + std::to_string(cut.ending.byte) +
                             ": a crash left a torn tail; it was cut");
  }
  // What the files hold beyond the ring's cursor was never known to be durable: the ring gives it anew.
  const bool drains = held.any() && held.last >= cut.last_whole;
  if (drains && held.first <= cut.last_whole) cut = survey(plan.directory, held.first - 1);
  cut_behind(plan.directory, cut);
  result.journal = cut.journal != 0 ? cut.journal : held.any() ? held.journal : plan.new_journal;
  result.file = begin_file(plan, result.journal, cut.sequence + 1);
  if (drains) {
    const std::uint64_t count = drain(view_of(ring), *result.file);
    result.remarks.push_back(std::to_string(count) + " records were brought over from the ring");
  }
  replay_all(plan.directory, result);
  return result;
}

}  // namespace bulwark::journal
