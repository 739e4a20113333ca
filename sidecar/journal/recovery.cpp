// SPDX-License-Identifier: Apache-2.0
// Recovery in five steps: where does the journal end, cut behind what is known to be durable, write what the ring still
// holds, replay it from the newest snapshot on, complete what came of the last event. What lies before the snapshot is
// not looked at: `bulwark verify` does that.
#include "sidecar/journal/recovery.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "sidecar/journal/kept.h"
#include "sidecar/journal/packed.h"
#include "sidecar/journal/reader.h"
#include "sidecar/journal/ring_file.h"
#include "sidecar/journal/segment.h"

namespace bulwark::journal {

namespace {

// Where a journal may be cut: behind the last block that is to stay.
struct Cut {
  std::uint64_t sequence = 0;
  Hash hash{};
  std::uint64_t last_whole = 0;
  std::uint64_t journal = 0;
  std::string file;
  std::uint64_t byte = 0;
  Ending ending;
};

// From the block with record `from` on. `keep` is the last record that may stay where it is; those after it come again
// from the ring.
Cut survey(const std::string& directory, std::uint64_t from, std::uint64_t keep) {
  BlockReader reader(directory, from);
  Cut cut;
  while (reader.next()) {
    const Block& block = reader.block();
    cut.last_whole = block.last;
    if (block.last > keep) continue;
    cut.sequence = block.last;
    cut.hash = block.hash;
    cut.file = block.file;
    cut.byte = block.end;
  }
  cut.ending = reader.ending();
  cut.journal = reader.journal();
  if (cut.ending.kind == EndKind::Damaged) {
    throw JournalError(cut.ending.text() + ". Nothing was changed; `bulwark verify --journal " + directory +
                       "` looks into it. Restore the journal from a copy, or begin a new one");
  }
  return cut;
}

void shorten(const std::string& file, std::uint64_t bytes) {
  if (SegmentFile(file).bytes() == bytes) return;  // as it is after an end in good order, and where it is packed
  if (is_packed(file)) throw JournalError(file + ": what stood behind it was durable when it was packed, and is gone");
  const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  const bool done = fd >= 0 && ::ftruncate(fd, static_cast<off_t>(bytes)) == 0 && ::fsync(fd) == 0;
  const std::string why = std::strerror(errno);
  if (fd >= 0) ::close(fd);
  if (!done) throw JournalError(file + ": cannot cut behind the last sealed block: " + why);
}

// Files that hold nothing before the cut go; the one with the cut in it is shortened.
void cut_behind(const std::string& directory, const Cut& cut) {
  for (const std::string& file : journal_files(directory)) {
    if (file < cut.file) continue;
    if (file == cut.file) {
      shorten(file, cut.byte);
    } else if (::unlink(file.c_str()) != 0) {
      throw JournalError(file + ": cannot remove a file without a whole block: " + std::strerror(errno));
    }
  }
  make_names_durable(directory);
}

std::uint64_t drain(RingView ring, Appender& journal) {
  RingConsumer consumer(ring);
  Commit commit{};
  std::uint64_t words[record_words_max], count = 0;
  for (; consumer.take(commit, words); ++count) journal.append(commit, {words, commit.words});
  journal.sync();
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

// The replay reads the files as they will be read the next time. An event and what came of it belong together: what a
// crash kept from the journal follows now.
void replay_all(const std::string& directory, Recovered& result) {
  Replay& replay = result.replay;
  const std::uint64_t before = replay.sequence;
  JournalReader reader(directory, before + 1);
  Record record;
  for (; reader.next(record); ++result.replayed) replay.apply(record);
  if (reader.ending().kind != EndKind::Whole) throw JournalError(reader.ending().text());
  if (before != 0) {
    result.remarks.push_back("the replay began behind the snapshot at record " + std::to_string(before) + ", with " +
                             std::to_string(result.replayed) + " records to go");
  }
  while (!replay.missing().empty()) {
    const Encoded output = replay.missing().front();
    const Commit commit{replay.sequence + 1, output.count, output.type};
    result.appender->append(commit, output.words());
    decode(commit, output.words(), record);
    replay.apply(record);
  }
  result.appender->sync();
  result.next_sequence = replay.sequence + 1;
}

}  // namespace

Recovered recover(const RecoveryPlan& plan) {
  std::error_code error;
  std::filesystem::create_directories(plan.directory, error);
  if (error) throw JournalError(plan.directory + ": cannot make the journal's folder: " + error.message());
  std::vector<std::string> remarks;
  Recovered result{newest_replay(plan.directory, plan.load_rules, remarks)};
  result.remarks = std::move(remarks);
  const RingMapping ring = open_ring(plan.ring_path);
  const Held held = look_into(ring, result.remarks, plan.ring_path);
  if (held.any() && held.first <= result.replay.sequence) {  // a snapshot knows only what is durable
    result.remarks.push_back(plan.ring_path + ": this ring is older than the newest snapshot, which is passed over");
    result.replay = replay_from_beginning(plan.directory, plan.load_rules);
  }
  const std::uint64_t from = std::max<std::uint64_t>(result.replay.sequence, 1);
  Cut cut = survey(plan.directory, from, UINT64_MAX);
  demand_fit(plan, held, cut);
  if (cut.ending.kind == EndKind::Torn) {
    result.remarks.push_back(cut.ending.file + ": byte " + std::to_string(cut.ending.byte) +
                             ": a crash left a torn tail; it was cut");
  }
  // What the files hold beyond the ring's cursor was never known to be durable: the ring gives it anew.
  const bool drains = held.any() && held.last >= cut.last_whole;
  if (drains && held.first <= cut.last_whole) cut = survey(plan.directory, from, held.first - 1);
  if (drains && held.first != cut.sequence + 1) {
    throw JournalError(plan.ring_path + ": record " + std::to_string(cut.sequence + 1) +
                       " is neither in a sealed block nor in this ring");
  }
  cut_behind(plan.directory, cut);
  result.journal = cut.journal != 0 ? cut.journal : held.any() ? held.journal : plan.new_journal;
  result.appender = std::make_unique<Appender>(Appender::Plan{.directory = plan.directory,
                                                              .journal = result.journal,
                                                              .instance = plan.instance,
                                                              .segment_bytes = plan.segment_bytes,
                                                              .sequence = cut.sequence,
                                                              .hash = cut.hash});
  if (drains) {
    const std::uint64_t count = drain(view_of(ring), *result.appender);
    result.remarks.push_back(std::to_string(count) + " records were brought over from the ring");
  }
  replay_all(plan.directory, result);
  return result;
}

}  // namespace bulwark::journal
