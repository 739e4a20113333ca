// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "killswitch/board_view.h"

#include "shm/board_reader.h"
#include "shm/latch.h"

namespace bulwark::kill {

static const shm::StateRow* state_rows(const BoardMapping& board, std::uint32_t count) {
  const std::uint64_t offset = board->states_offset;
  if (offset % alignof(shm::StateRow) != 0 || offset > board.bytes()) return nullptr;
  if (count > (board.bytes() - offset) / sizeof(shm::StateRow)) return nullptr;
  return reinterpret_cast<const shm::StateRow*>(reinterpret_cast<const std::byte*>(board.get()) + offset);
}

struct StateBody {  // of shm::StateRow
  Scope on;
  Sentence cause;
  State state;
  std::uint8_t spare[103];
};

std::optional<std::vector<LatchedState>> latched_states(const BoardMapping& board) {
  if (!board) return {};
  const std::uint32_t count = board->states_count.load(std::memory_order_acquire);
  const shm::StateRow* rows = state_rows(board, count);
  if (rows == nullptr) return {};
  std::vector<LatchedState> result;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto row = shm::read_row<StateBody>(rows[i]);
    if (!row) result.push_back({{}, State::Halted, "a state that its writer did not finish"});
    else if (row->state != State::Normal) result.push_back({row->on, row->state, shm::printable(row->cause.view())});
  }
  return result;
}

}  // namespace bulwark::kill
