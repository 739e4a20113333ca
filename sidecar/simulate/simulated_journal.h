// SPDX-License-Identifier: Apache-2.0
// The journal that `simulate --journal` writes: the sidecar's own records and files, with the time of the events for a
// clock, so that the same input gives the same bytes.
#pragma once

#include <string>

#include "core/engine.h"
#include "sidecar/journal/appender.h"
#include "sidecar/journal/encoded.h"

namespace bulwark::simulate {

class SimulatedJournal {
public:
  // `frozen`: the configuration as the journal keeps it. Throws JournalError where the folder has a journal already.
  SimulatedJournal(const std::string& directory, const std::string& frozen);

  // An event that the engine has just applied, and what came of it.
  void add(const core::Event& event, core::EventError error, const core::Engine& engine);
  void finish();

private:
  void begin();
  void write();

  TimeNs t_{0};
  journal::Appender appender_;
  std::uint64_t configuration_;  // 0: it is recorded
  journal::EncodedRecords records_;
};

}  // namespace bulwark::simulate
