// SPDX-License-Identifier: Apache-2.0
// A life of a sidecar (life.h) with the shadow that takes its snapshots, on the same thread.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sidecar/process/shadow.h"
#include "tests/journal/life.h"

namespace bulwark::test {

using journal::RecordType;

inline core::Rules load_rules(const std::string& text) { return rules_with_max(text); }

struct ShadowedLife {
  Life life;
  std::vector<std::string> told, remarks;
  bool stopped = false, asks = true;
  process::Shadow shadow;

  ShadowedLife(const std::string& directory, const std::string& ring, const std::string& max)
      : life(directory, ring, max),
        shadow({directory, life.recovered.journal, life.written, DurationNs{0},
                [this](std::uint64_t sequence, std::uint64_t digest) {
                  if (asks) life.producer.append(RecordType::Snapshot, {life.t, sequence, digest});
                },
                [this](const std::string& message) { told.push_back(message); }, [this] { stopped = true; }},
               journal::newest_replay(directory, load_rules, remarks)) {}

  void buy(int from, int to) {
    for (int k = from; k < to; ++k) ASSERT_TRUE(life.buy("o" + std::to_string(k), 1));
    ASSERT_TRUE(life.writer.work());
  }
  // The journal says where, the shadow comes there, and what became of it is in the journal too.
  void take_snapshot() {
    ASSERT_TRUE(shadow.work());
    ASSERT_TRUE(life.writer.work());
    asks = false;
    ASSERT_TRUE(shadow.work());
    asks = true;
  }
};

}  // namespace bulwark::test
