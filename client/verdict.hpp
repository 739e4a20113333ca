// SPDX-License-Identifier: Apache-2.0
// What a check answers, in words and numbers that people read.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "shm/board_reader.h"
#include "shm/decimal.h"
#include "shm/lane_message.h"
#include "shm/words.h"

namespace bulwark {

struct Verdict {
  Decision decision = Decision::Undecided;
  Quantity quantity{};      // allowed; 0 where it was rejected
  std::string_view reason;  // the metric that objected, or a word like "halted"; empty where it was accepted
  std::string limit;        // the limit that objected; empty: none did
  Value value{}, max{};     // that limit's; see text_of

  bool accepted() const { return decision == Decision::Accepted || decision == Decision::Resized; }
};

// The number that a verdict reports, as shortest decimal text; empty: there is none.
inline std::string text_of(const Value& value) {
  switch (value.kind) {
    case ValueKind::Money:
    case ValueKind::Quantity:
    case ValueKind::Count: return format_decimal(value.raw());
    case ValueKind::Fraction: {
      char text[32];
      const auto end = std::to_chars(text, text + sizeof text, value.fraction());
      return {text, end.ptr};
    }
    case ValueKind::Absent:
    case ValueKind::Null: break;
  }
  return {};
}

namespace client {

inline Verdict refusal(Reason reason) {
  Verdict verdict;
  verdict.decision = Decision::Rejected;
  verdict.reason = name_of(reason_names, reason);
  return verdict;
}

// The sidecar's answer in words. Whatever is not a clear yes is a no.
inline Verdict verdict_of(const shm::Answer& answer, const shm::Board& board) {
  Verdict verdict;
  const bool accepted = answer.decision == Decision::Accepted || answer.decision == Decision::Resized;
  verdict.decision = accepted ? answer.decision : Decision::Rejected;
  if (accepted) verdict.quantity = answer.quantity;
  if (answer.decision == Decision::Accepted) return verdict;
  verdict.reason = name_of(reason_names, answer.reason);
  const auto limit = static_cast<std::uint32_t>(answer.limit);
  if (limit != 0 && limit < shm::row_count(board.limits)) {
    verdict.limit = shm::name_at(board, board.limits, limit);
    if (answer.reason == Reason::Limit) {
      verdict.reason = name_of(metric_names, static_cast<Metric>(shm::row(board, board.limits, limit).parent));
    }
  }
  verdict.value = answer.value;
  verdict.max = answer.max;
  return verdict;
}

}  // namespace client
}  // namespace bulwark
