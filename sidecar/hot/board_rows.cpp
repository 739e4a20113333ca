// SPDX-License-Identifier: Apache-2.0
// Showing positions and latched states on the board: by the hot loop, while nobody waits for it.
#include <cstddef>

#include "sidecar/hot/board.h"

namespace bulwark::hot {

namespace {

template <class Row>
Row* rows_at(shm::Board& board, std::uint64_t offset) {
  return reinterpret_cast<Row*>(reinterpret_cast<std::byte*>(&board) + offset);
}

// A row's words are stored one by one as atomics behind an odd number, so that a reader never takes half of an update
// for a whole one. Each store is a release: it keeps the odd number before its datum.
template <class Row>
void store_row(Row& to, const Row& from) {
  static_assert(offsetof(Row, sequence) == 0 && sizeof(Row) % 8 == 0);
  const std::uint64_t sequence = to.sequence.load(std::memory_order_relaxed) | 1U;
  to.sequence.store(sequence, std::memory_order_relaxed);
  auto* words = reinterpret_cast<std::uint64_t*>(&to);
  const auto* source = reinterpret_cast<const std::byte*>(&from);
  for (std::size_t i = 1; i < sizeof(Row) / 8; ++i) {
    std::uint64_t word;
    std::memcpy(&word, source + i * 8, sizeof word);
    std::atomic_ref<std::uint64_t>(words[i]).store(word, std::memory_order_release);
  }
  to.sequence.store(sequence + 1, std::memory_order_release);  // SYNC POINT ROW
}

void split(int128 raw, std::uint64_t (&to)[2]) {
  to[0] = static_cast<std::uint64_t>(raw);
  to[1] = static_cast<std::uint64_t>(static_cast<uint128>(raw) >> 64);
}

// Cost / (|P| x multiplier), rounded; only shown. The quotient is taken in two steps, so that nothing runs over.
std::int64_t average_cost(const core::Row& row, std::int64_t multiplier) {
  const int128 units = magnitude(row.position), size = magnitude(row.cost);
  if (units == 0 || multiplier <= 0) return 0;
  if (multiplier == unit) return static_cast<std::int64_t>(divide_rounded(size * unit, units));
  return static_cast<std::int64_t>(divide_rounded(divide_rounded(size * unit, units) * unit, multiplier));
}

}  // namespace

void BoardPublisher::show_row(const core::Engine& engine, std::uint32_t row) {
  std::uint32_t& place = place_of_row_[row];
  const std::uint32_t shown = board_->positions_count.load(std::memory_order_relaxed);
  if (place == 0) {
    if (shown >= board_->positions_capacity) return;
    place = shown + 1;
  }
  const core::Book& book = engine.book();
  const core::Row& from = book.rows[row];
  const SymbolIndex symbol = book.symbol_of(row);
  shm::PositionRow to{};
  to.symbol = static_cast<std::uint32_t>(symbol);
  to.account = static_cast<std::uint16_t>(book.account_of(row));
  to.strategy = static_cast<std::uint16_t>(book.strategy_of(row));
  to.position = from.position;
  to.working_buy = from.working_buy;
  to.working_sell = from.working_sell;
  to.average_cost = average_cost(from, engine.market().symbols[at(symbol)].multiplier);
  split(from.realised, to.realised);
  split(from.unrealised, to.unrealised);
  split(from.fees, to.fees);
  store_row(rows_at<shm::PositionRow>(*board_, board_->positions_offset)[place - 1], to);
  // Release: behind the row that it counts.
  if (place > shown) board_->positions_count.store(place, std::memory_order_release);
}

void BoardPublisher::refresh(const core::Engine& engine, std::size_t budget) {
  const auto& rows = engine.book().live_rows;
  for (; budget > 0 && !rows.empty(); --budget) {
    if (refreshed_ >= rows.size()) refreshed_ = 0;
    show_row(engine, rows[refreshed_++]);
  }
}

void BoardPublisher::write_state(std::uint32_t place, const core::Latch& latch) {
  shm::StateRow to{};
  to.on = latch.on;
  to.cause = latch.cause;
  to.state = latch.state;
  store_row(rows_at<shm::StateRow>(*board_, board_->states_offset)[place], to);
  states_[place] = latch;
}

// A latch keeps its row until it ends; an ended one says Normal, and its row may be used again.
void BoardPublisher::show_states(const core::Engine& engine) {
  const auto same = [](const core::Latch& a, const core::Latch& b) {
    return a.on == b.on && a.state == b.state && a.cause == b.cause;
  };
  for (std::uint32_t place = 0; place < states_.size(); ++place) {
    if (states_[place].state == State::Normal) continue;
    bool holds = false;
    for (const core::Latch& latch : engine.latches()) holds |= latch.on == states_[place].on;
    if (!holds) write_state(place, {states_[place].on, State::Normal, {}});
  }
  for (const core::Latch& latch : engine.latches()) {
    std::uint32_t place = 0, free = static_cast<std::uint32_t>(states_.size());
    for (; place < states_.size(); ++place) {
      if (states_[place].state == State::Normal) free = free < place ? free : place;
      else if (states_[place].on == latch.on) break;
    }
    if (place == states_.size()) place = free;
    if (place >= board_->states_capacity) continue;
    if (place == states_.size()) states_.push_back({{}, State::Normal, {}});
    if (!same(states_[place], latch)) write_state(place, latch);
  }
  // Release: behind the rows that it counts.
  board_->states_count.store(static_cast<std::uint32_t>(states_.size()), std::memory_order_release);
}

}  // namespace bulwark::hot
