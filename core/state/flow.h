// SPDX-License-Identifier: Apache-2.0
// The saved state of what windows count: the logs whole, because new rules may look further back than those in force,
// where each window stands, and which executions have repeated. How often an order stands in a window is counted again.
#pragma once

#include <algorithm>

#include "core/flow.h"
#include "core/state/words.h"

namespace bulwark::core {

struct FlowState {
  static_assert(sizeof(FlowEntry) == 64 && sizeof(Flow) == 408, "a new member: is it saved, or does it follow?");
  static_assert(sizeof(Repetition) == 16 && sizeof(BrokenRepetition) == 32 && sizeof(Repetitions) == 72,
                "a new member: is it saved, or does it follow?");

  // Between two events, when no change waits to be looked at.
  template <class Words>
  static void carry(Words& words, auto& flow, const Limits& limits, const NameCounts& names) {
    for (auto& log : flow.logs_) {
      words(log.head);
      const std::uint64_t kept = std::min<std::uint64_t>(log.head, Flow::log_size);
      for (std::uint64_t k = log.head - kept; k < log.head; ++k) {
        carry_entry(words, log.entries[k % Flow::log_size], names);
      }
      words.same(log.windows.size());
      for (auto& window : log.windows) {
        words(window.tail);
        if constexpr (Words::reads) {
          if (window.tail > log.head || window.tail < log.head - kept) words.damaged("a window begins nowhere");
          count_duplicates(flow, log, window, limits);
        }
      }
    }
    carry_repetitions(words, flow.repetitions_, limits, names);
  }

private:
  template <class Words>
  static void carry_entry(Words& words, auto& entry, const NameCounts& names) {
    Party party = entry.keys.party();
    carry_scope(words, party, names);
    if constexpr (Words::reads) entry.keys = Keys::of(party);
    words(entry.t, entry.side, entry.market, entry.replace, entry.quantity, entry.price, entry.notional);
  }
  static void count_duplicates(Flow& flow, const Flow::Log& log, const Flow::Window& window, const Limits& limits) {
    for (const std::uint32_t k : window.limits) {
      const CompiledLimit& limit = limits.all[k];
      if (limit.metric != Metric::Duplicate) continue;
      for (std::uint64_t number = window.tail; number < log.head; ++number) {
        const FlowEntry& entry = log[number];
        if (entry.replace || limit.slot_if_covers(entry.keys) == CompiledLimit::no_slot) continue;
        flow.duplicates_[limit.duplicates_index].add(entry, limit.each_strategy);
      }
    }
  }
  template <class Words>
  static void carry_repetitions(Words& words, auto& repetitions, const Limits& limits, const NameCounts& names) {
    auto& counts = repetitions.counts_;
    words.same(counts.size());
    const auto in_use = [&](std::size_t k) {
      return counts[k].count != 0 || counts[k].broken != 0 || counts[k].since != 0;
    };
    carry_places(words, counts.size(), in_use,
                 [&](std::size_t k) { words(counts[k].count, counts[k].broken, counts[k].since); });
    carry_list(words, repetitions.broken_, repetitions.broken_.capacity(), [&](auto& broken) {
      words.index(broken.limit, limits.all.size());
      words.index(broken.slot, limits.slots.size());
      words.index(broken.place, counts.size());
      carry_scope(words, broken.on, names);
    });
    words(repetitions.lost_);
  }
};

}  // namespace bulwark::core
