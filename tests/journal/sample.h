// SPDX-License-Identifier: Apache-2.0
// Journals made of random records, for tests of the files.
#pragma once

#include "sidecar/journal/appender.h"
#include "tests/journal/events.h"
#include "tests/journal/folder.h"

namespace bulwark::test {

inline journal::Appender::Plan plan_for(const Folder& folder, std::uint64_t segment_bytes) {
  journal::Appender::Plan plan;
  plan.directory = folder.path();
  plan.journal = 77;
  plan.segment_bytes = segment_bytes;
  return plan;
}

// Appends random records, in commits of `each`.
inline void append(journal::Appender& appender, int commits, int each) {
  Dice dice(appender.last_sequence() + 1);
  for (int commit = 0; commit < commits; ++commit) {
    for (int i = 0; i < each; ++i) {
      journal::EncodedRecords encoded;
      encoded.append(random_event(dice));
      const journal::Encoded& record = encoded.records[0];
      appender.append({appender.last_sequence() + 1, record.count, record.type}, record.words());
    }
    appender.sync();
  }
}

}  // namespace bulwark::test
