// SPDX-License-Identifier: Apache-2.0
// The board as the sidecar writes it: made and filled with names at start (cold, board.cpp), kept up to date by the hot
// loop while nobody waits. Rows are under sequence locks; a reader that finds an odd or changed number looks again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine.h"
#include "shm/layout.h"
#include "shm/mapping.h"
#include "shm/marks.h"

namespace bulwark::hot {

// What a quote index of the publishers stands for: a symbol, or the currency of a pair.
struct QuoteTarget {
  SymbolIndex symbol;
  core::CurrencyIndex currency;
};

struct BoardFacts {
  std::string path, instance;
  std::uint64_t generation = 0;
  bool spins = false;
};

class BoardPublisher {
public:
  // Makes the segment and fills everything but what the loop writes. Throws std::system_error. Cold.
  BoardPublisher(const BoardFacts& facts, const core::Engine& engine, const core::Rules& rules);
  // Gives it its name: from now on others can attach. Cold.
  void publish();

  shm::Board& board() { return *board_; }
  const std::vector<QuoteTarget>& quotes() const { return quotes_; }

  // Names that came since; limits may have changed what they measure. Cold.
  void add_names(const core::Engine& engine);

  // Hot: remembers what the last event changed; shows some of it.
  void note_touched(const core::Engine& engine) {
    for (const std::uint32_t row : engine.touched_rows()) {
      if (row < row_dirty_.size() && row_dirty_[row] == 0) {
        row_dirty_[row] = 1;
        dirty_[dirty_end_++ & dirty_mask_] = row;
      }
    }
  }
  bool dirty() const { return dirty_begin_ != dirty_end_; }
  void show_dirty(const core::Engine& engine, std::size_t budget) {
    for (; budget > 0 && dirty(); --budget) {
      const std::uint32_t row = dirty_[dirty_begin_++ & dirty_mask_];
      row_dirty_[row] = 0;
      show_row(engine, row);
    }
  }
  // Profits move with marks, which touch no row: so every row is shown again from time to time.
  void refresh(const core::Engine& engine, std::size_t budget);
  void show_states(const core::Engine& engine);

private:
  void fill_facts(const BoardFacts& facts);
  void show_row(const core::Engine& engine, std::uint32_t row);
  void write_state(std::uint32_t place, const core::Latch& latch);
  template <class Names>
  void add_rows(shm::NameTable& table, const Names& names);
  void add_quotes(const core::Engine& engine, const std::string& base);

  shm::Board* board_ = nullptr;
  std::vector<shm::NewSegment<shm::Board>> made_;  // one, until it has its name
  shm::Mapping<shm::Board> mapping_;
  std::vector<QuoteTarget> quotes_;
  std::string base_;

  std::vector<std::uint8_t> row_dirty_;
  std::vector<std::uint32_t> dirty_;  // a ring as large as there are rows, each in it at most once
  std::uint64_t dirty_begin_ = 0, dirty_end_ = 0, dirty_mask_ = 0;
  std::vector<std::uint32_t> place_of_row_;  // on the board, + 1; 0: not shown yet
  std::size_t refreshed_ = 0;
  std::vector<core::Latch> states_;  // as they stand on the board; Normal: free
};

}  // namespace bulwark::hot
