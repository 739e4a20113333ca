// SPDX-License-Identifier: Apache-2.0
// The journal applied again: events to an engine, one after the other, and what comes of each held against what was
// recorded. It begins at the first record, or where a snapshot was taken; recovery, the shadow and those who ask for
// the book all go this one way. Cold.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/engine.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/journal/encoded.h"
#include "sidecar/journal/snapshot.h"

namespace bulwark::journal {

class Replay : public ReplayFacts {
public:
  Replay(std::string directory, LoadRules load_rules)
      : directory_(std::move(directory)), load_rules_(std::move(load_rules)) {}
  // From a snapshot of that folder. Throws JournalError where it cannot be believed, or read by this build.
  Replay(std::string directory, LoadRules load_rules, const std::string& snapshot);
  // Another one that stands where this one does, with an engine of its own.
  Replay copy() const;

  // Throws JournalError at the first difference.
  void apply(const Record& record);

  // What came of the last event and is not recorded: a crash fell between.
  std::span<const Encoded> missing() const { return std::span(expected_.records).subspan(told_); }

  std::unique_ptr<core::Engine> engine;  // none before the first configuration

private:
  void apply_event(const Record& record);
  void apply_configuration(std::uint64_t hash);
  void apply_snapshot(const Note& note);
  void load(std::span<const std::byte> state);
  void compare(const Record& output);

  std::string directory_;
  LoadRules load_rules_;
  std::uint64_t event_ = 0;  // the last one
  EncodedRecords expected_;  // what came of it here
  std::size_t told_ = 0;     // how many of these are recorded
  EncodedRecords recorded_;  // one of them, encoded again
  struct Digest {
    std::uint64_t sequence, begin;
  };
  std::optional<Digest> digest_;  // where the journal says that a snapshot was taken
};

// The newest snapshot that can be believed and that this journal knows, as a replay; without one a replay from the
// beginning. What was passed over, and why, is told in `remarks`.
Replay newest_replay(const std::string& directory, const LoadRules& load_rules, std::vector<std::string>& remarks);

}  // namespace bulwark::journal
