// SPDX-License-Identifier: Apache-2.0
#include "core/flow.h"

namespace bulwark::core {

void Flow::follow(Limits& limits) {
  for (std::uint32_t k = 0; k < limits.all.size(); ++k) {
    CompiledLimit& limit = limits.all[k];
    if (!needs_window(limit.metric)) continue;
    limit.flow = static_cast<std::uint32_t>(cursors_.size());
    Cursor cursor;
    cursor.limit = k;
    cursor.messages = limit.metric == Metric::MessageRate;
    if (limit.metric == Metric::Duplicate) cursor.duplicates = DuplicateCounts(log_size);
    cursors_.push_back(std::move(cursor));
  }
  messages_.entries = Table<FlowEntry>(log_size);
  orders_.entries = Table<FlowEntry>(log_size);
}

void Flow::carry(const Flow& old, Limits& limits) {
  const auto copy = [](const Log& from, Log& to) {
    to.head = from.head;
    const std::uint64_t kept = from.head < log_size ? from.head : log_size;
    for (std::uint64_t k = from.head - kept; k < from.head; ++k) to.entries[k % log_size] = from[k];
  };
  copy(old.messages_, messages_);
  copy(old.orders_, orders_);
  for (Cursor& cursor : cursors_) {
    const Log& log = cursor.messages ? messages_ : orders_;
    cursor.tail = log.head < log_size ? 0 : log.head - log_size;
    for (std::uint64_t k = cursor.tail; k < log.head; ++k) count(cursor, log[k], 1, limits);
  }
}

// What one entry of a log means to one limit.
void Flow::count(Cursor& cursor, const FlowEntry& entry, int sign, Limits& limits) {
  const CompiledLimit& limit = limits.all[cursor.limit];
  if (!limit.covers(entry.party)) return;
  if (limit.metric == Metric::Duplicate) {
    if (entry.replace) return;
    if (sign > 0) cursor.duplicates.add(entry, limit.each_strategy);
    else cursor.duplicates.take(entry, limit.each_strategy);
    return;
  }
  limits.slots[limit.slot_of(entry.party)].amount +=
      sign * (limit.metric == Metric::Turnover ? entry.notional : static_cast<int128>(unit));
}

void Flow::advance(const CompiledLimit& limit, TimeNs t, Limits& limits) {
  Cursor& cursor = cursors_[limit.flow];
  const Log& log = cursor.messages ? messages_ : orders_;
  const TimeNs old = t - limit.window;
  for (; cursor.tail < log.head && log[cursor.tail].t <= old; ++cursor.tail) {
    count(cursor, log[cursor.tail], -1, limits);
  }
}

void Flow::advance_all(TimeNs t, Limits& limits) {
  for (const Cursor& cursor : cursors_) advance(limits.all[cursor.limit], t, limits);
}

void Flow::push(Log& log, const FlowEntry& entry, Limits& limits, bool messages) {
  for (Cursor& cursor : cursors_) {
    if (cursor.messages != messages) continue;
    const CompiledLimit& limit = limits.all[cursor.limit];
    if (log.head - cursor.tail >= log_size) advance(limit, entry.t, limits);
    if (log.head - cursor.tail >= log_size) {
      const FlowEntry& lost = log[cursor.tail++];
      count(cursor, lost, -1, limits);
      if (limit.covers(lost.party)) limits.slots[limit.slot_of(lost.party)].blind_until = lost.t + limit.window;
    }
    count(cursor, entry, 1, limits);
  }
  log.entries[log.head++ % log_size] = entry;
}

}  // namespace bulwark::core
