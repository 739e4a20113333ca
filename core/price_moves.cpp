// SPDX-License-Identifier: Apache-2.0
#include "core/price_moves.h"

#include <algorithm>

namespace bulwark::core {

void PriceMoves::follow(const Limits& limits, DurationNs of_market, std::size_t symbol_count) {
  for (const std::uint32_t k : limits.price_moves) follow(limits.all[k].window, symbol_count);
  if (of_market.ns != 0) follow(of_market, symbol_count);
  if (!windows_.empty()) log_ = Table<LogEntry>(log_size);
}

void PriceMoves::follow(DurationNs length, std::size_t symbol_count) {
  const auto same = [&](const Window& window) { return window.length == length; };
  if (std::any_of(windows_.begin(), windows_.end(), same)) return;
  // Each mark stands in two queues at the most.
  windows_.push_back({length, 0, {INT64_MIN}, Table<Held>(symbol_count), Table<Node>(2 * log_size + 2), 0, 0});
}

std::uint32_t PriceMoves::take_node(Window& window) {
  if (window.free == 0) return ++window.used;
  const std::uint32_t node = window.free;
  window.free = window.nodes[node].next;
  return node;
}

void PriceMoves::give_back(Window& window, std::uint32_t node) {
  window.nodes[node].next = window.free;
  window.free = node;
}

void PriceMoves::drop_first(Window& window, Queue& queue) {
  const std::uint32_t node = queue.first;
  queue.first = window.nodes[node].next;
  if (queue.first == 0) queue.last = 0;
  else window.nodes[queue.first].previous = 0;
  give_back(window, node);
}

void PriceMoves::drop_last(Window& window, Queue& queue) {
  const std::uint32_t node = queue.last;
  queue.last = window.nodes[node].previous;
  if (queue.last == 0) queue.first = 0;
  else window.nodes[queue.last].next = 0;
  give_back(window, node);
}

void PriceMoves::append(Window& window, Queue& queue, std::int64_t reference) {
  const std::uint32_t node = take_node(window);
  window.nodes[node] = {reference, {INT64_MAX}, 0, queue.last};
  if (queue.last != 0) window.nodes[queue.last].next = node;
  else queue.first = node;
  queue.last = node;
}

// What held until now ended now; what is no extreme any more, and comes to an end before the new one, is let go.
void PriceMoves::push(Window& window, const LogEntry& entry) {
  const std::int64_t reference = entry.reference;
  Held& held = window.symbols[at(entry.symbol)];
  held.squares += squared_change({entry.previous}, {entry.reference});
  for (Queue* queue : {&held.lowest, &held.highest}) {
    if (queue->last != 0 && window.nodes[queue->last].until.ns == INT64_MAX) window.nodes[queue->last].until = entry.t;
  }
  while (held.lowest.last != 0 && window.nodes[held.lowest.last].reference >= reference) drop_last(window, held.lowest);
  while (held.highest.last != 0 && window.nodes[held.highest.last].reference <= reference) {
    drop_last(window, held.highest);
  }
  append(window, held.lowest, reference);
  append(window, held.highest, reference);
  held.now = reference;
}

// The change that led to an entry leaves with it, and whatever ended at the window's start or before has left.
void PriceMoves::expire(Window& window, const LogEntry& entry, TimeNs start) {
  Held& held = window.symbols[at(entry.symbol)];
  held.squares -= squared_change({entry.previous}, {entry.reference});
  for (Queue* queue : {&held.lowest, &held.highest}) {
    while (queue->first != 0 && window.nodes[queue->first].until <= start) drop_first(window, *queue);
  }
}

void PriceMoves::lose_oldest(Window& window) {
  const LogEntry& lost = log_[window.tail++ % log_size];
  window.blind_until = {lost.t.ns + window.length.ns};
  expire(window, lost, lost.t);
}

uint128 PriceMoves::squares(DurationNs length, SymbolIndex symbol) const {
  for (const Window& window : windows_) {
    if (window.length == length) return window.symbols[at(symbol)].squares;
  }
  return 0;
}

bool PriceMoves::blind(DurationNs length, TimeNs now) const {
  for (const Window& window : windows_) {
    if (window.length == length) return window.blind_until > now;
  }
  return true;
}

PriceMoves::Move PriceMoves::largest(DurationNs length, SymbolIndex symbol) const {
  for (const Window& window : windows_) {
    if (window.length != length) continue;
    const Held& held = window.symbols[at(symbol)];
    if (held.lowest.first == 0) return {0, 1};
    const std::int64_t low = window.nodes[held.lowest.first].reference;
    const std::int64_t high = window.nodes[held.highest.first].reference;
    const Move up{held.now - low, low}, down{high - held.now, high};
    return product_less_equal(up.numerator, down.denominator, down.numerator, up.denominator) ? down : up;
  }
  return {0, 1};
}

}  // namespace bulwark::core
