// SPDX-License-Identifier: Apache-2.0
// The answer to a size, as plain data and as the words of the line that its request came in: the drawing in
// shm/layout.h, in code.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "shm/lane_message.h"

namespace bulwark::shm {

// Each constraint's own quantity, raw (-1: not configured), and the one that binds. Rejected: it could not be
// journaled.
struct SizeAnswer {
  Decision decision = Decision::Undecided;
  Constraint binding{};
  std::array<std::int64_t, constraint_names.size()> constraints{};
};

inline AnswerLine encode(const SizeAnswer& answer, std::uint32_t sequence) {
  AnswerLine line{LineState{sequence, MessageKind::Answer, static_cast<std::uint8_t>(answer.decision),
                            static_cast<std::uint8_t>(answer.binding), 0}
                      .word(),
                  {}};
  std::memcpy(line.words, answer.constraints.data(), sizeof answer.constraints);
  return line;
}

inline SizeAnswer decode_size(const AnswerLine& line) {
  const LineState state = LineState::of(line.state);
  SizeAnswer answer{static_cast<Decision>(state.a), static_cast<Constraint>(state.b), {}};
  std::memcpy(answer.constraints.data(), line.words, sizeof answer.constraints);
  return answer;
}

}  // namespace bulwark::shm
