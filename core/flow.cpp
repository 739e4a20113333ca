// SPDX-License-Identifier: Apache-2.0
#include "core/flow.h"

#include <algorithm>
#include <stdexcept>

namespace bulwark::core {

Flow::LogName Flow::name_of_log(Metric metric) {
  switch (metric) {
    case Metric::MessageRate: return LogName::Messages;
    case Metric::RejectRate: return LogName::Refusals;
    case Metric::LossStreak: return LogName::Losses;
    case Metric::RepeatedExecution: return LogName::Fills;
    default: return LogName::Orders;
  }
}

static bool counts_flow(Metric metric) {
  return needs_window(metric) && !follows_prices(metric) && metric != Metric::StaleMark;
}

void Flow::follow(Limits& limits, std::size_t strategy_count, std::size_t symbol_count) {
  for (std::uint32_t k = 0; k < limits.all.size(); ++k) {
    CompiledLimit& limit = limits.all[k];
    if (!counts_flow(limit.metric)) continue;
    std::vector<Window>& windows = log(name_of_log(limit.metric)).windows;
    const auto same = [&](const Window& window) { return window.length == limit.window; };
    const auto place = std::find_if(windows.begin(), windows.end(), same);
    limit.window_index = static_cast<std::uint32_t>(place - windows.begin());
    if (place == windows.end()) windows.push_back({limit.window, 0, {}});
    windows[limit.window_index].limits.push_back(k);
    if (limit.metric != Metric::Duplicate) continue;
    limit.duplicates_index = static_cast<std::uint32_t>(duplicates_.size());
    duplicates_.emplace_back(log_size);
  }
  for (Log& each : logs_) each.entries = Table<FlowEntry>(log_size);
  if (!repetitions_.lay_out(limits, strategy_count, symbol_count)) {
    throw std::length_error("repeated_execution has more scopes than the engine keeps (64,000,000)");
  }
  changed_.reserve(2 * log_size);
}

// What executions have repeated: since when each counts, and those that are over their max, whatever it is now.
void Flow::carry_repetitions(const Flow& old, const Limits& old_limits, Limits& limits) {
  for (std::uint32_t k = 0; k < limits.all.size(); ++k) {
    const CompiledLimit& limit = limits.all[k];
    if (limit.metric != Metric::RepeatedExecution) continue;
    for (const std::uint32_t before : old_limits.repetitions) {
      const CompiledLimit& from = old_limits.all[before];
      if (from.index != limit.index) continue;
      for (std::uint32_t place = from.slot_base; place < from.slot_base + from.slot_count; ++place) {
        const std::size_t slot = limits.find_slot(limit, old_limits.slots[place].on);
        if (slot != limits.slots.size()) repetitions_.carry_since(old.repetitions_, from, place, limit, slot);
      }
    }
  }
  for (const BrokenRepetition& broken : old.repetitions_.broken()) {
    for (std::uint32_t k = 0; k < limits.all.size(); ++k) {
      const CompiledLimit& limit = limits.all[k];
      if (limit.index != old_limits.all[broken.limit].index || limit.metric != Metric::RepeatedExecution) continue;
      const std::size_t slot = limits.find_slot(limit, old_limits.slots[broken.slot].on);
      if (slot == limits.slots.size()) continue;
      Party party{};
      party.strategy = broken.on.strategy;
      party.symbol = broken.on.symbol;
      const Side side = broken.place % 2 == 0 ? Side::Buy : Side::Sell;
      const std::size_t place = repetitions_.place(limit, slot, party, side);
      repetitions_[place].count = old.repetitions_[broken.place].broken;
      repetitions_.break_at(k, slot, place, broken.on);
      repetitions_[place].count = 0;
    }
  }
}

void Flow::carry(Flow& old, const Limits& old_limits, Limits& limits, TimeNs now) {
  carry_repetitions(old, old_limits, limits);
  const std::size_t known = repetitions_.broken().size();
  for (std::size_t name = 0; name < log_count; ++name) {
    Log& from = old.logs_[name];
    Log& to = logs_[name];
    to.head = from.head;
    const std::uint64_t kept = from.head < log_size ? from.head : log_size;
    std::swap(to.entries, from.entries);
    for (Window& window : to.windows) {
      window.tail = to.head - kept;
      for (std::uint64_t k = window.tail; k < to.head; ++k) count<Way::In>(window, to[k], k, limits);
      if (window.tail < to.head) leave(to, window, now, limits);
    }
  }
  changed_.clear();
  repetitions_.mend_from(known);  // a fill breaks them, not a reload
}

void Flow::leave(const Log& log, Window& window, TimeNs t, Limits& limits) {
  const TimeNs old = t - window.length;
  for (; window.tail < log.head && log[window.tail].t <= old; ++window.tail) {
    count<Way::Out>(window, log[window.tail], window.tail, limits);
  }
}

// The log is full of what is still in the window: the limits are blind to what is lost until it would have left.
void Flow::lose_oldest(const Log& log, Window& window, Limits& limits) {
  const std::uint64_t number = window.tail++;
  const FlowEntry& lost = log[number];
  count<Way::Out>(window, lost, number, limits);
  for (const std::uint32_t k : window.limits) {
    const CompiledLimit& limit = limits.all[k];
    const std::size_t slot = limit.slot_if_covers(lost.keys);
    if (slot == CompiledLimit::no_slot) continue;
    limits.slots[slot].blind_until = lost.t + limit.window;
    limits.rooms[slot] = Limits::no_room;
  }
}

void Flow::push(Log& log, const FlowEntry& entry, Limits& limits) {
  for (Window& window : log.windows) {
    if (log.head - window.tail >= log_size) [[unlikely]] {
      leave(log, window, entry.t, limits);
      if (log.head - window.tail >= log_size) lose_oldest(log, window, limits);
    }
    count<Way::In>(window, entry, log.head, limits);
  }
  log.entries[log.head++ % log_size] = entry;
}

void Flow::closing(const FlowEntry& entry, bool loss, Limits& limits) {
  Log& losses = log(LogName::Losses);
  if (losses.windows.empty()) return;
  if (loss) return push(losses, entry, limits);
  for (const Window& window : losses.windows) {
    for (const std::uint32_t k : window.limits) {
      const CompiledLimit& limit = limits.all[k];
      const std::size_t place = limit.slot_if_covers(entry.keys);
      if (place == CompiledLimit::no_slot) continue;
      limits.slots[place].amount = 0;
      limits.slots[place].since = losses.head;
      note_changed(limit, k, place, limits);
    }
  }
}

void Flow::count_fill(const CompiledLimit& limit, std::uint32_t position, std::size_t slot, const FlowEntry& entry,
                      std::uint64_t number, bool in, const Limits& limits) {
  const Party party = entry.keys.party();
  const std::size_t place = repetitions_.place(limit, slot, party, entry.side);
  Repetition& repetition = repetitions_[place];
  if (number < repetition.since) return;
  if (!in) {
    --repetition.count;
    return;
  }
  ++repetition.count;
  if (repetition.broken != 0 || static_cast<int128>(repetition.count) * unit <= limits.slots[slot].max) return;
  Scope on = limits.slots[slot].on;
  on.strategy = party.strategy;
  on.symbol = party.symbol;
  repetitions_.break_at(position, slot, place, on);
}

}  // namespace bulwark::core
