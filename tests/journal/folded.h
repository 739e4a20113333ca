// SPDX-License-Identifier: Apache-2.0
// Records put together again: an event and what came of it as one thing, as a test wants to look at it.
#pragma once

#include <span>
#include <vector>

#include "sidecar/journal/record.h"

namespace bulwark::test {

struct Outcome {
  core::EventError error{};
  bool has_verdict = false, has_sized = false;
  core::Verdict verdict{};
  core::Sized sized{};
  std::vector<core::Objection> objections;
  std::vector<core::Line> lines;
};

struct Folded : journal::Record {
  Outcome outcome;
};

// Outputs of an event that is not among these are left out.
inline std::vector<Folded> fold(std::span<const journal::Record> records) {
  std::vector<Folded> result;
  for (const journal::Record& record : records) {
    if (!is_output(record.type)) {
      result.push_back({record, {}});
      continue;
    }
    if (result.empty()) continue;
    Outcome& outcome = result.back().outcome;
    switch (record.type) {
      case journal::RecordType::Error: outcome.error = record.error; break;
      case journal::RecordType::Verdict:
        outcome.has_verdict = true;
        outcome.verdict = record.verdict;
        break;
      case journal::RecordType::Sized:
        outcome.has_sized = true;
        outcome.sized = record.sized;
        break;
      case journal::RecordType::Objection: outcome.objections.push_back(record.objection); break;
      default: outcome.lines.push_back(record.line);
    }
  }
  return result;
}

}  // namespace bulwark::test
