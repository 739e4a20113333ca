// SPDX-License-Identifier: Apache-2.0
// From the journal of earlier lives to a running engine: what the old ring still holds is written first, then every
// event is applied again, and everything that came of it must come out as it was recorded. Cold.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/engine.h"
#include "core/rules.h"
#include "sidecar/journal/appender.h"
#include "sidecar/journal/encoded.h"

namespace bulwark::journal {

// A frozen configuration as rules. Throws JournalError where it does not read it.
using LoadRules = std::function<core::Rules(const std::string& frozen)>;

// Applies a journal's events to an engine, one after the other, and holds what comes of each against what was recorded.
// Throws JournalError at the first difference.
class Replay {
public:
  Replay(std::string directory, LoadRules load_rules)
      : directory_(std::move(directory)), load_rules_(std::move(load_rules)) {}

  void apply(const Record& record);

  // What came of the last event and is not recorded: a crash fell between.
  std::span<const Encoded> missing() const { return std::span(expected_.records).subspan(told_); }

  std::unique_ptr<core::Engine> engine;  // none before the first configuration
  std::uint64_t configuration = 0;       // hash of the one in force
  std::uint64_t permission = 0;          // the last word taken over from a kill page
  std::uint64_t lease_lapses = 0;
  TimeNs last_t{INT64_MIN};
  bool ended_clean = true;  // the last record is an end, or there is none

private:
  void apply_event(const Record& record);
  void apply_configuration(std::uint64_t hash);
  void compare(const Record& output);

  std::string directory_;
  LoadRules load_rules_;
  std::uint64_t event_ = 0;  // the last one
  EncodedRecords expected_;  // what came of it here
  std::size_t told_ = 0;     // how many of these are recorded
  EncodedRecords recorded_;  // one of them, encoded again
};

struct Recovered {
  explicit Recovered(Replay&& replay) : replay(std::move(replay)) {}

  Replay replay;
  std::uint64_t journal = 0;  // id
  std::uint64_t next_sequence = 1;
  std::unique_ptr<Appender> appender;  // where the journal goes on
  std::vector<std::string> remarks;    // what a person should know: a torn tail, records out of the ring
};

struct RecoveryPlan {
  std::string directory;  // of the journal; made where it is not there
  std::string ring_path;  // of the run folder
  std::string instance;
  std::uint64_t new_journal = 0;  // id for a journal that begins now
  LoadRules load_rules;
  std::uint64_t segment_bytes = segment_bytes_usual;
};

// Throws JournalError, with the reason why this journal must not be continued.
Recovered recover(const RecoveryPlan& plan);

}  // namespace bulwark::journal
