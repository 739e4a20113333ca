// SPDX-License-Identifier: Apache-2.0
// The saved state of what follows prices: how far they have moved, which marks are old, how the market is.
#pragma once

#include <algorithm>

#include "core/largest_move.h"
#include "core/market_state.h"
#include "core/price_moves.h"
#include "core/stale_marks.h"
#include "core/state/words.h"

namespace bulwark::core {

// The log whole, as of flow; of each window its two queues, which know prices that have left the log.
struct PriceMovesState {
  template <class Words>
  static void carry(Words& words, auto& moves, const NameCounts& names) {
    static_assert(sizeof(PriceMoves) == 56 && sizeof(PriceMoves::Window) == 80 && sizeof(PriceMoves::Held) == 48 &&
                      sizeof(PriceMoves::Node) == 24 && sizeof(PriceMoves::LogEntry) == 32,
                  "a new member: is it saved, or does it follow?");
    words(moves.head_);
    if (Words::reads && moves.head_ != 0 && !moves.followed()) StateReader::damaged("prices that nobody follows");
    const std::uint64_t kept = std::min<std::uint64_t>(moves.head_, PriceMoves::log_size);
    for (std::uint64_t k = moves.head_ - kept; k < moves.head_; ++k) {
      auto& entry = moves.log_[k % PriceMoves::log_size];
      words.index(entry.symbol, names.symbols);
      words(entry.t, entry.reference, entry.previous);
    }
    words.same(moves.windows_.size());
    for (auto& window : moves.windows_) {
      words(window.tail, window.blind_until);
      if (window.tail > moves.head_ || window.tail < moves.head_ - kept)
        StateReader::damaged("a window begins nowhere");
      for (std::size_t k = 0; k < window.symbols.size(); ++k) {
        auto& held = window.symbols[k];
        words(held.now, held.squares);
        carry_queue(words, window, held.lowest);
        carry_queue(words, window, held.highest);
      }
    }
  }

private:
  template <class Words>
  static void carry_queue(Words& words, auto& window, auto& queue) {
    if constexpr (Words::reads) {
      for (std::size_t left = words.count(0, window.nodes.size() - 1 - window.used); left != 0; --left) {
        std::int64_t reference = 0;
        TimeNs until{};
        words(reference, until);
        PriceMoves::append(window, queue, reference);
        window.nodes[queue.last].until = until;
      }
    } else {
      std::size_t size = 0;
      for (std::uint32_t k = queue.first; k != 0; k = window.nodes[k].next) ++size;
      words.count(size, 0);
      for (std::uint32_t k = queue.first; k != 0; k = window.nodes[k].next) {
        words(window.nodes[k].reference, window.nodes[k].until);
      }
    }
  }
};

// What each symbol was last found to have moved; who is ahead follows.
struct LargestMoveState {
  template <class Words>
  static void carry(Words& words, auto& largest) {
    static_assert(sizeof(LargestMove) == 96, "a new member: is it saved, or does it follow?");
    for (std::size_t k = 0; k < largest.leaf_of_.size(); ++k) {
      Level level = largest.levels_[largest.leaf_of_[k]];
      carry_level(words, level);
      if constexpr (Words::reads) largest.set(SymbolIndex(static_cast<std::uint32_t>(k)), level);
    }
  }
};

// The symbols from the oldest mark to the newest.
struct StaleMarksState {
  template <class Words>
  static void carry(Words& words, auto& marks) {
    static_assert(sizeof(StaleMarks) == 136 && sizeof(StaleMarks::Marked) == 24,
                  "a new member: is it saved, or does it follow?");
    std::size_t size = 0;
    for (std::uint32_t k = marks.symbols_[0].next; k != 0; k = marks.symbols_[k].next) ++size;
    size = words.count(size, marks.symbols_.size() - 1);
    std::uint32_t symbol = 0;
    for (std::size_t left = size; left != 0; --left) {
      if constexpr (!Words::reads) symbol = marks.symbols_[symbol].next;
      words.index(symbol, marks.symbols_.size());
      auto& marked = marks.symbols_[symbol];
      if constexpr (Words::reads) {
        if (symbol == 0 || marked.t.ns != INT64_MIN) words.damaged("a mark stands there twice");
        marked.previous = static_cast<std::uint32_t>(marks.last_);
        marks.symbols_[marks.last_].next = symbol;
        marks.last_ = symbol;
      }
      words(marked.t, marked.stale);
      if constexpr (Words::reads) {
        for (std::size_t k = 0; k < marks.count_; ++k) {
          if ((marked.stale >> k & 1) != 0) marks.newest_stale_[k] = symbol;
        }
      }
    }
  }
};

// Each symbol's share in the means, and where each ladder stands. What is known of the regime follows from the model
// and the time.
struct MarketStateState {
  template <class Words>
  static void carry(Words& words, auto& state) {
    static_assert(sizeof(MarketState) == 464 && sizeof(MarketState::Share) == 48,
                  "a new member: is it saved, or does it follow?");
    words.same(state.shares_.size());
    for (auto& known : state.shares_) {
      MarketState::Share share = known;
      words(share.has_spread, share.spread, share.has_squares, share.squares);
      if constexpr (Words::reads) {
        state.spread_.change(known.has_spread, known.spread, share.has_spread, share.spread);
        state.squares_.change(known.has_squares, known.squares, share.has_squares, share.squares);
      }
    }
    carry_level(words, state.drawdown_);
    words(state.blind_);
    for (std::size_t k = 0; k < state.climbed_.size(); ++k) {
      words.index(state.climbed_[k], state.used() ? state.dynamic_->ladders[k].size() + 1 : 1);
    }
  }
};

}  // namespace bulwark::core
