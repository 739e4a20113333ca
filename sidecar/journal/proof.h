// SPDX-License-Identifier: Apache-2.0
// The proof that no byte of a journal was changed: every checksum, the chain over all blocks, no gap, the head, and
// every configuration that is named. Cold.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sidecar/journal/blocks.h"

namespace bulwark::journal {

struct Proof {
  std::uint64_t records = 0, blocks = 0, files = 0, last = 0;
  std::string hash;
  Ending ending;
  bool clean = false;
  std::optional<SnapshotHeader> kept;  // retention has deleted what came before

  bool damaged() const { return ending.kind == EndKind::Damaged; }
  // damaged; torn: a crash left a torn tail, or it is being written now; whole: it ended in good order; open: it did
  // not, or is being written.
  std::string_view state() const;
};

// `each` is told every good record.
Proof prove(const std::string& folder, const std::function<void(const Record&)>& each = {});

}  // namespace bulwark::journal
