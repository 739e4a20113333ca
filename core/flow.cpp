// SPDX-License-Identifier: Apache-2.0
#include "core/flow.h"

namespace bulwark::core {

void Flow::follow(Limits& limits) {
  for (std::uint32_t k = 0; k < limits.all.size(); ++k) {
    CompiledLimit& limit = limits.all[k];
    if (!needs_window(limit.metric)) continue;
    std::vector<Cursor>& cursors = log_of(limit).cursors;
    limit.flow = static_cast<std::uint32_t>(cursors.size());
    Cursor cursor;
    cursor.limit = k;
    if (limit.metric == Metric::Duplicate) cursor.duplicates = DuplicateCounts(log_size);
    cursors.push_back(std::move(cursor));
  }
  messages_.entries = Table<FlowEntry>(log_size);
  orders_.entries = Table<FlowEntry>(log_size);
}

void Flow::carry(const Flow& old, Limits& limits) {
  const auto carry_log = [&limits](const Log& from, Log& to) {
    to.head = from.head;
    const std::uint64_t kept = from.head < log_size ? from.head : log_size;
    for (std::uint64_t k = from.head - kept; k < from.head; ++k) to.entries[k % log_size] = from[k];
    for (Cursor& cursor : to.cursors) {
      cursor.tail = to.head - kept;
      for (std::uint64_t k = cursor.tail; k < to.head; ++k) {
        count<Way::In>(cursor, limits.all[cursor.limit], to[k], limits);
      }
    }
  };
  carry_log(old.messages_, messages_);
  carry_log(old.orders_, orders_);
}

void Flow::advance_all(TimeNs t, Limits& limits) {
  for (Log* log : {&messages_, &orders_}) {
    for (Cursor& cursor : log->cursors) advance(*log, cursor, limits.all[cursor.limit], t, limits);
  }
}

void Flow::push(Log& log, const FlowEntry& entry, Limits& limits) {
  for (Cursor& cursor : log.cursors) {
    const CompiledLimit& limit = limits.all[cursor.limit];
    if (log.head - cursor.tail >= log_size) [[unlikely]] {
      advance(log, cursor, limit, entry.t, limits);
      if (log.head - cursor.tail >= log_size) {
        const FlowEntry& lost = log[cursor.tail++];
        count<Way::Out>(cursor, limit, lost, limits);
        if (limit.covers(lost.party)) limits.slots[limit.slot_of(lost.party)].blind_until = lost.t + limit.window;
      }
    }
    count<Way::In>(cursor, limit, entry, limits);
  }
  log.entries[log.head++ % log_size] = entry;
}

}  // namespace bulwark::core
