// SPDX-License-Identifier: Apache-2.0
// Retention: closed files of a journal that are older than a number of days go, oldest first. Never one that is not
// shipped where it is to be, or that holds anything behind the oldest snapshot; and never one that does not replay and
// chain as it should: what is to go is replayed first, to the state from which whoever reads what is kept begins
// (kept.h). Then the journal says what goes, then that state is made durable, then the files go. Whatever dies in
// between, the next one goes on with it.
//
// Done in small steps, each of at most a tenth of a second, by the thread that also packs files. Cold.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "shm/clock.h"
#include "sidecar/journal/kept.h"
#include "sidecar/journal/reader.h"

namespace bulwark::journal {

struct RetentionPlan {
  std::string directory;
  std::int64_t days = 0;         // 0: everything is kept for ever
  bool only_if_shipped = false;  // to PostgreSQL
  LoadRules load_rules;
  DurationNs interval = milliseconds(10'000);  // between one look and the next
  std::function<TimeNs()> wall;
  // Has the journal remember this; the record's number, 0 where it cannot now. And the last record that is durable.
  std::function<std::uint64_t(const std::string& text)> remark;
  std::function<std::uint64_t()> durable;
};

class Retention {
public:
  explicit Retention(RetentionPlan plan) : plan_(std::move(plan)) {}

  // Throws JournalError where the part that is to go is not what it should be: then nothing goes.
  void step();

private:
  struct Candidate {
    std::uint64_t last;  // record of the file
    Hash hash;           // of the block that ends with it
  };

  void begin();
  void prove();
  void finish();
  std::optional<Candidate> find(std::uint64_t kept) const;
  std::uint64_t shipped() const;
  std::uint64_t oldest_snapshot(std::uint64_t journal) const;
  void remove_files() const;

  RetentionPlan plan_;
  // What is under way: up to where, the replay to there, and the record that says so (0: it is not said yet).
  std::optional<Candidate> goes_;
  std::optional<Replay> replay_;
  std::unique_ptr<JournalReader> reader_;
  std::uint64_t said_ = 0;
  MonotonicNs looks_{0};  // again, where nothing is under way
};

}  // namespace bulwark::journal
