// SPDX-License-Identifier: Apache-2.0
// How far each price has moved within a window: the largest and the smallest reference that held in it, exactly, kept
// by two queues for each symbol in which only what may still become an extreme stays; and how much it went to and fro,
// the sum of its squared changes from mark to mark, in whole numbers, so that a sum that runs never drifts.
#pragma once

#include <algorithm>
#include <vector>

#include "core/spike.h"
#include "core/table.h"

namespace bulwark::core {

class PriceMoves {
public:
  static constexpr std::size_t log_size = 1 << 20;  // marks that a window may hold; more blinds it

  // A window for each length that a limit has, and one for the state of the market (0: none). Cold.
  void follow(const Limits& limits, DurationNs of_market, std::size_t symbol_count);
  bool followed() const { return !windows_.empty(); }
  void populate() const {
    log_.populate(0, log_.size());
    for (const Window& window : windows_) window.nodes.populate(0, window.nodes.size());
  }
  // Takes over what the log of another still holds. Cold.
  void carry(const PriceMoves& old, TimeNs now) {
    const std::uint64_t kept = old.head_ < log_size ? old.head_ : log_size;
    if (!followed() || !old.followed()) return;
    for (std::uint64_t k = old.head_ - kept; k < old.head_; ++k) {
      const LogEntry& entry = old.log_[k % log_size];
      mark(entry.symbol, entry.t, {entry.reference}, {entry.previous}, [](SymbolIndex) {});
    }
    advance(now, [](SymbolIndex) {});
    for (Window& window : windows_) {
      for (const Window& before : old.windows_) {
        if (before.length == window.length) window.blind_until = std::max(window.blind_until, before.blind_until);
      }
    }
  }

  // A new reference of a symbol, after `previous` (0: its first), and what leaves the windows by then. Calls
  // moved(symbol) for each whose value may have changed.
  template <class Moved>
  void mark(SymbolIndex symbol, TimeNs t, Price reference, Price previous, Moved moved) {
    const LogEntry entry{t, reference.raw, previous.raw, symbol};
    for (Window& window : windows_) {
      if (head_ - window.tail >= log_size) lose_oldest(window);
      push(window, entry);
    }
    log_[head_ % log_size] = entry;
    ++head_;
    moved(symbol);
  }
  template <class Moved>
  void advance(TimeNs t, Moved moved) {
    for (Window& window : windows_) {
      for (; window.tail < head_ && log_[window.tail % log_size].t <= t - window.length; ++window.tail) {
        const LogEntry& entry = log_[window.tail % log_size];
        expire(window, entry, t - window.length);
        moved(entry.symbol);
      }
    }
  }

  // abs(reference now / reference then - 1), the largest in the window, as a fraction.
  struct Move {
    int128 numerator, denominator;
  };
  Move largest(DurationNs length, SymbolIndex symbol) const;
  // The sum of the squared changes in the window (core/spike.h).
  uint128 squares(DurationNs length, SymbolIndex symbol) const;
  bool blind(DurationNs length, TimeNs now) const;

private:
  friend struct PriceMovesState;

  struct Node {
    std::int64_t reference;
    TimeNs until;  // when the next mark replaced it
    std::uint32_t next, previous;
  };
  struct Queue {
    std::uint32_t first, last;
  };
  struct Held {
    Queue lowest, highest;
    std::int64_t now;
    uint128 squares;
  };
  struct Window {
    DurationNs length;
    std::uint64_t tail;
    TimeNs blind_until;
    Table<Held> symbols;
    Table<Node> nodes;
    std::uint32_t used, free;
  };
  struct LogEntry {
    TimeNs t;
    std::int64_t reference, previous;
    SymbolIndex symbol;
  };

  void follow(DurationNs length, std::size_t symbol_count);
  static std::uint32_t take_node(Window& window);
  static void give_back(Window& window, std::uint32_t node);
  static void drop_first(Window& window, Queue& queue);
  static void drop_last(Window& window, Queue& queue);
  static void append(Window& window, Queue& queue, std::int64_t reference);
  void push(Window& window, const LogEntry& entry);
  void expire(Window& window, const LogEntry& entry, TimeNs start);
  void lose_oldest(Window& window);

  std::vector<Window> windows_;
  Table<LogEntry> log_;
  std::uint64_t head_ = 0;
};

}  // namespace bulwark::core
