// SPDX-License-Identifier: Apache-2.0
// What has happened within a sliding window, exactly: a log of the last messages and one of the last accepted orders,
// shared by all limits; each limit has a cursor of its own on one of them, behind which everything has left its window.
// A log that is too short for its window is not forgotten: the limit then sees nothing, and lets nothing pass.
#pragma once

#include <vector>

#include "core/limits.h"
#include "core/table.h"

namespace bulwark::core {

struct FlowEntry {
  TimeNs t;
  Party party;
  Side side;
  bool market, replace;
  std::int64_t quantity, price;  // as asked
  int128 notional;
};

// How often each order (client, account, symbol, side, quantity, price) stands in a window: counts by key.
class DuplicateCounts {
public:
  DuplicateCounts() = default;
  explicit DuplicateCounts(std::size_t entries) {
    std::size_t size = 16;
    while (size < 2 * entries) size *= 2;
    counts_ = Table<Count>(size);
    mask_ = size - 1;
  }
  std::uint32_t count(const FlowEntry& entry, bool by_strategy) const {
    return counts_[find(key_of(entry, by_strategy))].count;
  }
  void add(const FlowEntry& entry, bool by_strategy) {
    const Key key = key_of(entry, by_strategy);
    Count& count = counts_[find(key)];
    count.key = key;
    ++count.count;
  }
  void take(const FlowEntry& entry, bool by_strategy) {
    std::size_t slot = find(key_of(entry, by_strategy));
    if (--counts_[slot].count != 0) return;
    for (std::size_t next = (slot + 1) & mask_; counts_[next].count != 0; next = (next + 1) & mask_) {
      if (((next - home(counts_[next].key)) & mask_) >= ((next - slot) & mask_)) {
        counts_[slot] = counts_[next];
        counts_[next].count = 0;
        slot = next;
      }
    }
  }

private:
  struct Key {
    std::int64_t quantity, price;
    SymbolIndex symbol;
    AccountIndex account;
    ClientIndex client;
    StrategyIndex strategy;
    Side side;
    bool market;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Count {
    Key key;
    std::uint32_t count;
  };
  static Key key_of(const FlowEntry& e, bool by_strategy) {
    return {e.quantity,     e.market ? 0 : e.price,
            e.party.symbol, e.party.account,
            e.party.client, by_strategy ? e.party.strategy : StrategyIndex::None,
            e.side,         e.market};
  }
  std::size_t home(const Key& key) const {
    std::uint64_t h = static_cast<std::uint64_t>(key.quantity) * 0x9e3779b97f4a7c15ULL;
    h = (h ^ static_cast<std::uint64_t>(key.price)) * 0xff51afd7ed558ccdULL;
    h ^= h >> 31;
    h ^= at(key.symbol) << 32 | at(key.account) << 16 | at(key.client);
    h = (h ^ (at(key.strategy) << 8 | static_cast<std::uint64_t>(key.side))) * 0xc4ceb9fe1a85ec53ULL;
    return (h ^ h >> 29) & mask_;
  }
  std::size_t find(const Key& key) const {
    std::size_t slot = home(key);
    while (counts_[slot].count != 0 && !(counts_[slot].key == key)) slot = (slot + 1) & mask_;
    return slot;
  }
  Table<Count> counts_;
  std::size_t mask_ = 0;
};

class Flow {
public:
  static constexpr std::size_t log_size = 1 << 17;

  // One cursor for each flow limit with a window; sets CompiledLimit::flow. Cold.
  void follow(Limits& limits);
  // Takes the logs over and counts again what is still in each window. Cold.
  void carry(const Flow& old, Limits& limits);

  void message(const FlowEntry& entry, Limits& limits) { push(messages_, entry, limits, true); }
  void order(const FlowEntry& entry, Limits& limits) { push(orders_, entry, limits, false); }
  // Lets everything leave the window that is older than it at `t`.
  void advance(const CompiledLimit& limit, TimeNs t, Limits& limits);
  void advance_all(TimeNs t, Limits& limits);
  std::uint32_t duplicates(const CompiledLimit& limit, const FlowEntry& entry) const {
    return cursors_[limit.flow].duplicates.count(entry, limit.each_strategy);
  }

private:
  struct Log {
    Table<FlowEntry> entries;
    std::uint64_t head = 0;
    const FlowEntry& operator[](std::uint64_t k) const { return entries[k % log_size]; }
  };
  struct Cursor {
    std::uint32_t limit = 0;
    bool messages = false;
    std::uint64_t tail = 0;
    DuplicateCounts duplicates;
  };
  void push(Log& log, const FlowEntry& entry, Limits& limits, bool messages);
  void count(Cursor& cursor, const FlowEntry& entry, int sign, Limits& limits);

  Log messages_, orders_;
  std::vector<Cursor> cursors_;
};

}  // namespace bulwark::core
