// SPDX-License-Identifier: Apache-2.0
// Which symbols have a mark older than a window, for each `stale_mark` limit: symbols stand in the order of their
// marks, so that those that go stale are always the next ones.
#pragma once

#include <array>
#include <vector>

#include "core/limits.h"

namespace bulwark::core {

class StaleMarks {
public:
  static constexpr std::size_t limit_count_max = 8;  // a cell has a bit for each

  // Sets CompiledLimit::stale_index. False: there are too many such limits. Cold.
  bool follow(Limits& limits, std::size_t symbol_count) {
    for (CompiledLimit& limit : limits.all) {
      if (limit.metric != Metric::StaleMark) continue;
      if (count_ == limit_count_max) return false;
      limit.stale_index = static_cast<std::uint8_t>(count_);
      windows_[count_++] = limit.window;
    }
    symbols_.assign(symbol_count, {{INT64_MIN}, 0, 0, 0xff});
    last_ = 0;
    return true;
  }
  bool followed() const { return count_ != 0; }
  bool stale(std::uint8_t limit, SymbolIndex symbol) const { return (symbols_[at(symbol)].stale >> limit & 1) != 0; }

  // True: the symbol was stale for some limit, and is not any more.
  bool mark(SymbolIndex symbol, TimeNs t) {
    const std::size_t index = at(symbol);
    Marked& marked = symbols_[index];
    if (marked.t.ns != INT64_MIN && last_ != index) unlink(index);
    if (last_ != index) {
      marked.previous = static_cast<std::uint32_t>(last_);
      symbols_[last_].next = static_cast<std::uint32_t>(index);
      marked.next = 0;
      last_ = index;
    } else {
      step_back(index);
    }
    marked.t = t;
    const bool was_stale = marked.stale != 0;
    marked.stale = 0;
    return was_stale;
  }

  // Calls went_stale(symbol) for each that has by then.
  template <class Went>
  void advance(TimeNs t, Went went_stale) {
    for (std::size_t k = 0; k < count_; ++k) {
      for (std::uint32_t next = symbols_[newest_stale_[k]].next; next != 0; next = symbols_[next].next) {
        if (t - symbols_[next].t <= windows_[k]) break;
        symbols_[next].stale = static_cast<std::uint8_t>(symbols_[next].stale | 1U << k);
        newest_stale_[k] = next;
        went_stale(SymbolIndex{next});
      }
    }
  }

private:
  friend struct StaleMarksState;

  struct Marked {
    TimeNs t;  // INT64_MIN: never
    std::uint32_t previous, next;
    std::uint8_t stale;  // a bit for each limit
  };
  void step_back(std::size_t index) {
    for (std::uint32_t& newest : newest_stale_) {
      if (newest == index) newest = symbols_[index].previous;
    }
  }
  void unlink(std::size_t index) {
    step_back(index);
    const Marked& marked = symbols_[index];
    symbols_[marked.previous].next = marked.next;
    symbols_[marked.next].previous = marked.previous;
  }

  std::size_t count_ = 0;
  std::array<DurationNs, limit_count_max> windows_{};
  std::array<std::uint32_t, limit_count_max> newest_stale_{};
  std::vector<Marked> symbols_{{{INT64_MIN}, 0, 0, 0xff}};  // [0] stands before the first
  std::size_t last_ = 0;
};

}  // namespace bulwark::core
