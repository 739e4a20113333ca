// SPDX-License-Identifier: Apache-2.0
#include "sidecar/view/watcher.h"

#include "sidecar/journal/recovery.h"
#include "sidecar/simulate/recorded_rules.h"

namespace bulwark::view {

void Watcher::begin() {
  std::vector<std::string> remarks;  // snapshots that cannot be used; `bulwark verify` tells of them
  replay_.emplace(journal::newest_replay(directory_, simulate::recorded_rules, remarks));
  reader_.emplace(directory_, replay_->sequence + 1, journal::Reading::AsItGrows);
}

bool Watcher::follow() {
  try {
    if (!reader_) begin();
    for (journal::Record record; reader_->next(record);) replay_->apply(record);
    if (reader_->ending().kind == journal::EndKind::Damaged) throw journal::JournalError(reader_->ending().text());
    why_not_.clear();
    return true;
  } catch (const std::exception& error) {
    why_not_ = error.what();
    reader_.reset();
    replay_.reset();
    return false;
  }
}

}  // namespace bulwark::view
