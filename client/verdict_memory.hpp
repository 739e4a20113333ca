// SPDX-License-Identifier: Apache-2.0
// Which orders were accepted, and under which epoch: what clear_to_send(id) looks at. A ring of the newest, and a small
// index into it, both of a fixed size: a check allocates nothing and touches a line or two. What falls out of the ring
// is forgotten, and a forgotten order is not clear to send.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "shm/words.h"

namespace bulwark::client {

class VerdictMemory {
public:
  static constexpr std::size_t orders_max = 65'536;

  struct Entry {
    Id id{};  // empty: forgotten
    std::uint32_t epoch = 0;
    std::int64_t remaining = 0;  // raw quantity still to be filled
    bool liquidation = false;    // an order of a liquidation, which no verdict was asked for
  };

  VerdictMemory() : ring_(orders_max), index_(set_count * ways) {}

  const Entry* find(std::string_view id) const {
    const Place* place = place_of(id);
    return place == nullptr ? nullptr : &ring_[place->position];
  }

  // That order may soon be remembered: what will be touched then is fetched from afar now. Nothing is changed.
  void expect(const Id& id) const {
    __builtin_prefetch(&index_[set_of(hash_of(id.view()))], 1);
    __builtin_prefetch(&ring_[next_].id, 1);
    __builtin_prefetch(&ring_[next_].liquidation, 1);
  }

  void remember(const Id& id, std::uint32_t epoch, Quantity quantity) { remember({id, epoch, quantity.raw, false}); }
  void remember_liquidation(const Id& id, Quantity quantity) { remember({id, 0, quantity.raw, true}); }
  void remember(const Entry& entry) {
    const Id& id = entry.id;
    if (const Place* known = place_of(id.view())) {
      ring_[known->position] = entry;
      return;
    }
    if (ring_[next_].id.size != 0) forget(ring_[next_].id.view());
    ring_[next_] = entry;
    *room_for(id.view()) = {tag_of(hash_of(id.view())), next_};
    ++next_;  // runs over at the end of the ring
  }

  void forget(std::string_view id) {
    if (const Place* place = place_of(id)) empty(*const_cast<Place*>(place));
  }

  void fill(std::string_view id, Quantity quantity) {
    const Place* place = place_of(id);
    if (place != nullptr && (ring_[place->position].remaining -= quantity.raw) <= 0) forget(id);
  }

  void clear() {
    ring_.assign(orders_max, Entry{});
    index_.assign(set_count * ways, Place{});
  }

private:
  // 16 places of 4 bytes are one cache line; half of all places are free when the ring is full.
  static constexpr std::size_t set_count = 8192, ways = 16;

  struct Place {
    std::uint16_t tag = 0;  // 0: free
    std::uint16_t position = 0;
  };
  static_assert(sizeof(Place) * ways == 64 && orders_max == 1U << 16);

  static std::size_t hash_of(std::string_view id) { return std::hash<std::string_view>{}(id); }
  static std::uint16_t tag_of(std::size_t hash) { return static_cast<std::uint16_t>(hash >> 48 | 1U); }
  static std::size_t set_of(std::size_t hash) { return hash % set_count * ways; }

  const Place* place_of(std::string_view id) const {
    const std::size_t hash = hash_of(id);
    const Place* set = &index_[set_of(hash)];
    for (const Place* place = set; place != set + ways; ++place) {
      if (place->tag == tag_of(hash) && ring_[place->position].id.view() == id) return place;
    }
    return nullptr;
  }

  // A free place in the set of an id; where there is none, the oldest order of the set is forgotten.
  Place* room_for(std::string_view id) {
    Place* set = &index_[set_of(hash_of(id))];
    Place* oldest = set;
    const auto age = [this](const Place& place) { return static_cast<std::uint16_t>(next_ - place.position); };
    for (Place* place = set; place != set + ways; ++place) {
      if (place->tag == 0) return place;
      if (age(*place) > age(*oldest)) oldest = place;
    }
    empty(*oldest);
    return oldest;
  }

  void empty(Place& place) {
    ring_[place.position] = Entry{};
    place = Place{};
  }

  std::vector<Entry> ring_;
  std::vector<Place> index_;
  std::uint16_t next_ = 0;
};

}  // namespace bulwark::client
