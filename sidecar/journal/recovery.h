// SPDX-License-Identifier: Apache-2.0
// From the journal of earlier lives to a running engine: what the old ring still holds is written first, then every
// event is applied again, and everything that came of it must come out as it was recorded. Cold.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sidecar/journal/appender.h"
#include "sidecar/journal/replay.h"

namespace bulwark::journal {

struct Recovered {
  explicit Recovered(Replay&& replay) : replay(std::move(replay)) {}

  Replay replay;
  std::uint64_t journal = 0;  // id
  std::uint64_t next_sequence = 1;
  std::uint64_t replayed = 0;          // records that were read
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
