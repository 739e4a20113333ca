// SPDX-License-Identifier: Apache-2.0
// A journal that is being written, followed from outside: its events through an engine of the reader's own, so that the
// book, the limits and the orders are known without asking anybody. Cold.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/engine.h"
#include "sidecar/journal/reader.h"
#include "sidecar/journal/replay.h"

namespace bulwark::view {

class Watcher {
public:
  explicit Watcher(std::string journal_directory) : directory_(std::move(journal_directory)) {}

  // As far as the journal goes now. False: it cannot be followed, and `why_not` says why; asked again it begins anew.
  bool follow();

  core::Engine* engine() const { return replay_ ? replay_->engine.get() : nullptr; }  // null: nothing is known
  std::uint64_t sequence() const { return replay_ ? replay_->sequence : 0; }
  std::uint64_t configuration() const { return replay_ ? replay_->configuration : 0; }  // the hash that names it
  const std::string& why_not() const { return why_not_; }

private:
  void begin();

  const std::string directory_;
  std::optional<journal::Replay> replay_;
  std::optional<journal::JournalReader> reader_;
  std::string why_not_;
};

}  // namespace bulwark::view
