// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "killswitch/board_view.h"

#include <array>
#include <bit>

#include "shm/latch.h"

namespace bulwark::kill {

static const shm::StateRow* state_rows(const BoardMapping& board, std::uint32_t count) {
  const std::uint64_t offset = board->states_offset;
  if (offset % alignof(shm::StateRow) != 0 || offset > board.bytes()) return nullptr;
  if (count > (board.bytes() - offset) / sizeof(shm::StateRow)) return nullptr;
  return reinterpret_cast<const shm::StateRow*>(reinterpret_cast<const std::byte*>(board.get()) + offset);
}

// A row under its sequence lock, without its sequence. Bounded: a writer may have died in the middle.
static LatchedState read_row(const shm::StateRow& row) {
  struct Body {
    Scope on;
    Sentence cause;
    State state;
    std::uint8_t spare[103];
  };
  static_assert(sizeof(Body) + 8 == sizeof(shm::StateRow));
  std::array<std::uint64_t, sizeof(Body) / 8> words{};
  auto* from = reinterpret_cast<std::uint64_t*>(const_cast<shm::StateRow*>(&row)) + 1;
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const std::uint64_t before = row.sequence.load(std::memory_order_acquire);
    // Acquire on each word keeps the second look at the sequence behind all of them.
    for (std::size_t i = 0; i < words.size(); ++i) {
      words[i] = std::atomic_ref<std::uint64_t>(from[i]).load(std::memory_order_acquire);
    }
    if (before % 2 == 0 && row.sequence.load(std::memory_order_relaxed) == before) break;
  }
  const Body body = std::bit_cast<Body>(words);
  return {body.on, body.state, shm::printable(body.cause.view())};
}

std::optional<std::vector<LatchedState>> latched_states(const BoardMapping& board) {
  if (!board) return {};
  const std::uint32_t count = board->states_count.load(std::memory_order_acquire);
  const shm::StateRow* rows = state_rows(board, count);
  if (rows == nullptr) return {};
  std::vector<LatchedState> result;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (LatchedState state = read_row(rows[i]); state.state != State::Normal) result.push_back(std::move(state));
  }
  return result;
}

}  // namespace bulwark::kill
