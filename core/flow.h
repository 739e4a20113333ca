// SPDX-License-Identifier: Apache-2.0
// What has happened within a sliding window, exactly: logs of the last messages, accepted orders, refusals, fills and
// losses, shared by all limits; each length of window has a cursor on one of them, behind which everything has left it.
// A log that is too short for its window is not forgotten: the limit then sees nothing, and lets nothing pass.
#pragma once

#include <array>
#include <utility>
#include <vector>

#include "core/limits.h"
#include "core/repetitions.h"
#include "core/table.h"

namespace bulwark::core {

struct FlowEntry {
  TimeNs t;
  Keys keys;  // whose it is
  Side side;
  bool market, replace;
  std::int64_t quantity, price;  // as asked
  int128 notional;

  static FlowEntry of(TimeNs t, const Party& party, Side side = Side::None) {
    return {t, Keys::of(party), side, false, false, 0, 0, 0};
  }
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
  void populate() const { counts_.populate(0, counts_.size()); }
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
    std::int64_t quantity, price;  // of a sale the quantity is below zero; of a market order the price is 0
    std::uint64_t first, second;   // whose: without the sector, which follows from the symbol
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Count {
    Key key;
    std::uint32_t count;
  };
  static Key key_of(const FlowEntry& e, bool by_strategy) {
    return {e.side == Side::Sell ? -e.quantity : e.quantity, e.market ? 0 : e.price,
            e.keys.first & ~(std::uint64_t{0xffff} << 16), by_strategy ? e.keys.second : e.keys.second & 0xffff};
  }
  std::size_t home(const Key& key) const {
    std::uint64_t h = static_cast<std::uint64_t>(key.quantity) * 0x9e3779b97f4a7c15ULL;
    h = (h ^ static_cast<std::uint64_t>(key.price)) * 0xff51afd7ed558ccdULL;
    h = (h ^ h >> 31 ^ key.first) * 0xc4ceb9fe1a85ec53ULL;
    h = (h ^ h >> 29 ^ key.second) * 0xc4ceb9fe1a85ec53ULL;
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

  // A window for each length that flow limits have; sets where each limit counts. Cold.
  void follow(Limits& limits, std::size_t strategy_count, std::size_t symbol_count);
  void populate() const {
    for (const Log& log : logs_) {
      if (!log.windows.empty() || &log == &logs_[static_cast<std::size_t>(LogName::Orders)])
        log.entries.populate(0, log_size);
    }
    for (const DuplicateCounts& counts : duplicates_) counts.populate();
  }
  // Takes the logs over, as they lie there, and counts again what is still in each window. Cold.
  void carry(Flow& old, const Limits& old_limits, Limits& limits, TimeNs now);

  void message(const FlowEntry& entry, Limits& limits) { push(log(LogName::Messages), entry, limits); }
  void order(const FlowEntry& entry, Limits& limits) { push(log(LogName::Orders), entry, limits); }
  void refusal(const FlowEntry& entry, Limits& limits) { push_if_followed(LogName::Refusals, entry, limits); }
  // A fill that took something away from its row: `loss` or not.
  void closing(const FlowEntry& entry, bool loss, Limits& limits);
  void fill(const FlowEntry& entry, Limits& limits) {
    advance(log(LogName::Fills), entry.t, limits);
    push_if_followed(LogName::Fills, entry, limits);
  }

  // Fetches what the next order will write, and what it will find leaving the windows.
  [[gnu::always_inline]] void prefetch_next() const {
    for (const LogName name : {LogName::Messages, LogName::Orders}) {
      const Log& log = logs_[static_cast<std::size_t>(name)];
      log.entries.prefetch(log.head % log_size);
      for (const Window& window : log.windows) log.entries.prefetch((window.tail + 1) % log_size);
    }
  }
  // Lets everything leave each window of messages and orders that is older than it at `t`.
  void advance(TimeNs t, Limits& limits) {
    advance(log(LogName::Messages), t, limits);
    advance(log(LogName::Orders), t, limits);
  }
  // The same of what breakers count; those whose count has changed are in changed(). After each event's time.
  void advance_breakers(TimeNs t, Limits& limits) {
    advance(log(LogName::Refusals), t, limits);
    advance(log(LogName::Losses), t, limits);
  }
  std::uint32_t duplicates(const CompiledLimit& limit, const FlowEntry& entry) const {
    return duplicates_[limit.duplicates_index].count(entry, limit.each_strategy);
  }

  struct Changed {
    std::uint32_t limit, slot;
  };
  std::vector<Changed>& changed() { return changed_; }  // breakers whose count moved; the reader clears it
  bool take_changes_lost() { return std::exchange(changes_lost_, false); }  // there was no room: it may be any of them
  Repetitions& repetitions() { return repetitions_; }
  const Repetitions& repetitions() const { return repetitions_; }
  // A named person resumes: what is inside the scope counts anew. Calls told(broken) for each that had broken.
  template <class Told>
  void restart_repetitions(const Scope& on, Told told) {
    std::erase_if(repetitions_.broken(), [&](const BrokenRepetition& broken) {
      if (!contains(on, broken.on)) return false;
      repetitions_[broken.place] = {0, 0, log(LogName::Fills).head};
      told(broken);
      return true;
    });
  }

private:
  friend struct FlowState;

  enum class LogName : std::uint8_t { Messages, Orders, Refusals, Losses, Fills };
  static constexpr std::size_t log_count = 5;
  struct Window {
    DurationNs length;
    std::uint64_t tail = 0;             // the oldest entry that is still in it
    std::vector<std::uint32_t> limits;  // that count what is in it
  };
  struct Log {
    Table<FlowEntry> entries;
    std::uint64_t head = 0;
    std::vector<Window> windows;
    const FlowEntry& operator[](std::uint64_t k) const { return entries[k % log_size]; }
  };
  enum class Way : bool { In, Out };

  static LogName name_of_log(Metric metric);
  Log& log(LogName name) { return logs_[static_cast<std::size_t>(name)]; }
  void advance(Log& log, TimeNs t, Limits& limits) {
    for (Window& window : log.windows) {
      if (window.tail < log.head && log[window.tail].t <= t - window.length) leave(log, window, t, limits);
    }
  }
  void push_if_followed(LogName name, const FlowEntry& entry, Limits& limits) {
    if (!log(name).windows.empty()) push(log(name), entry, limits);
  }
  void carry_repetitions(const Flow& old, const Limits& old_limits, Limits& limits);
  void push(Log& log, const FlowEntry& entry, Limits& limits);
  void leave(const Log& log, Window& window, TimeNs t, Limits& limits);
  void lose_oldest(const Log& log, Window& window, Limits& limits);
  void note_changed(const CompiledLimit& limit, std::uint32_t position, std::size_t slot, Limits& limits) {
    if (limit.kind != Kind::Breaker) return;
    limits.slots[slot].live = true;
    if (changed_.size() < changed_.capacity()) changed_.push_back({position, static_cast<std::uint32_t>(slot)});
    else changes_lost_ = true;
  }
  // What one entry of a log, its `number`, means to the limits of a window.
  template <Way way>
  void count(const Window& window, const FlowEntry& entry, std::uint64_t number, Limits& limits) {
    for (const std::uint32_t k : window.limits) {
      const CompiledLimit& limit = limits.all[k];
      const std::size_t place = limit.slot_if_covers(entry.keys);
      if (place == CompiledLimit::no_slot) continue;
      if (limit.metric == Metric::Duplicate) {
        if (entry.replace) continue;
        DuplicateCounts& duplicates = duplicates_[limit.duplicates_index];
        if constexpr (way == Way::In) duplicates.add(entry, limit.each_strategy);
        else duplicates.take(entry, limit.each_strategy);
        continue;
      }
      if (limit.metric == Metric::RepeatedExecution) [[unlikely]] {
        count_fill(limit, k, place, entry, number, way == Way::In, limits);
        continue;
      }
      Slot& slot = limits.slots[place];
      if (number < slot.since) continue;
      const bool sums = limit.metric == Metric::Turnover;
      const int128 amount = sums ? entry.notional : static_cast<int128>(unit);
      if constexpr (way == Way::In) {
        slot.amount += amount;
        limits.take_room(place, sums ? amount : 1);
      } else {
        slot.amount -= amount;
      }
      note_changed(limit, k, place, limits);
    }
  }
  void count_fill(const CompiledLimit& limit, std::uint32_t position, std::size_t slot, const FlowEntry& entry,
                  std::uint64_t number, bool in, const Limits& limits);

  std::array<Log, log_count> logs_;
  std::vector<DuplicateCounts> duplicates_;
  Repetitions repetitions_;
  std::vector<Changed> changed_;
  bool changes_lost_ = false;
};

}  // namespace bulwark::core
