// SPDX-License-Identifier: Apache-2.0
#include "core/flow.h"

#include <algorithm>

namespace bulwark::core {

void Flow::follow(Limits& limits) {
  for (std::uint32_t k = 0; k < limits.all.size(); ++k) {
    CompiledLimit& limit = limits.all[k];
    if (!needs_window(limit.metric)) continue;
    std::vector<Window>& windows = log_of(limit).windows;
    const auto same = [&](const Window& window) { return window.length == limit.window; };
    const auto place = std::find_if(windows.begin(), windows.end(), same);
    limit.window_index = static_cast<std::uint32_t>(place - windows.begin());
    if (place == windows.end()) windows.push_back({limit.window, 0, {}});
    windows[limit.window_index].limits.push_back(k);
    if (limit.metric != Metric::Duplicate) continue;
    limit.duplicates_index = static_cast<std::uint32_t>(duplicates_.size());
    duplicates_.emplace_back(log_size);
  }
  messages_.entries = Table<FlowEntry>(log_size);
  orders_.entries = Table<FlowEntry>(log_size);
}

void Flow::carry(const Flow& old, Limits& limits) {
  const auto carry_log = [&](const Log& from, Log& to) {
    to.head = from.head;
    const std::uint64_t kept = from.head < log_size ? from.head : log_size;
    for (std::uint64_t k = from.head - kept; k < from.head; ++k) to.entries[k % log_size] = from[k];
    for (Window& window : to.windows) {
      window.tail = to.head - kept;
      for (std::uint64_t k = window.tail; k < to.head; ++k) count<Way::In>(window, to[k], limits);
    }
  };
  carry_log(old.messages_, messages_);
  carry_log(old.orders_, orders_);
}

void Flow::leave(const Log& log, Window& window, TimeNs t, Limits& limits) {
  const TimeNs old = t - window.length;
  for (; window.tail < log.head && log[window.tail].t <= old; ++window.tail) {
    count<Way::Out>(window, log[window.tail], limits);
  }
}

// The log is full of what is still in the window: the limits are blind to what is lost until it would have left.
void Flow::lose_oldest(const Log& log, Window& window, Limits& limits) {
  const FlowEntry& lost = log[window.tail++];
  count<Way::Out>(window, lost, limits);
  for (const std::uint32_t k : window.limits) {
    const CompiledLimit& limit = limits.all[k];
    if (limit.covers(lost.party)) limits.slots[limit.slot_of(lost.party)].blind_until = lost.t + limit.window;
  }
}

void Flow::push(Log& log, const FlowEntry& entry, Limits& limits) {
  for (Window& window : log.windows) {
    if (log.head - window.tail >= log_size) [[unlikely]] {
      leave(log, window, entry.t, limits);
      if (log.head - window.tail >= log_size) lose_oldest(log, window, limits);
    }
    count<Way::In>(window, entry, limits);
  }
  log.entries[log.head++ % log_size] = entry;
}

}  // namespace bulwark::core
