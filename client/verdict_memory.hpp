// SPDX-License-Identifier: Apache-2.0
// Which orders were accepted, and under which epoch: what clear_to_send(id) looks at. Of a fixed size, so that a check
// allocates nothing; where a set is full the oldest is forgotten, and a forgotten order is not clear to send.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "shm/words.h"

namespace bulwark::client {

class VerdictMemory {
public:
  struct Entry {
    Id id{};
    std::uint32_t epoch = 0;
    std::uint32_t age = 0;       // when it was remembered; 0: the place is free
    std::int64_t remaining = 0;  // raw quantity still to be filled
  };

  VerdictMemory() : entries_(set_count * ways) {}

  Entry* find(std::string_view id) {
    Entry* set = set_of(id);
    for (Entry* entry = set; entry != set + ways; ++entry) {
      if (entry->age != 0 && entry->id.view() == id) return entry;
    }
    return nullptr;
  }

  void remember(const Id& id, std::uint32_t epoch, Quantity quantity) {
    Entry* place = find(id.view());
    if (place == nullptr) {
      Entry* set = set_of(id.view());
      place = set;
      for (Entry* entry = set; entry != set + ways; ++entry) {
        if (entry->age < place->age) place = entry;
      }
    }
    if (++now_ == 0) clear();  // once in four billion orders
    *place = {id, epoch, now_ == 0 ? ++now_ : now_, quantity.raw};
  }

  void forget(std::string_view id) {
    if (Entry* entry = find(id)) *entry = Entry{};
  }

  void fill(std::string_view id, Quantity quantity) {
    Entry* entry = find(id);
    if (entry == nullptr) return;
    entry->remaining -= quantity.raw;
    if (entry->remaining <= 0) *entry = Entry{};
  }

  void clear() { entries_.assign(entries_.size(), Entry{}); }

private:
  static constexpr std::size_t set_count = 8192, ways = 8;

  Entry* set_of(std::string_view id) { return &entries_[std::hash<std::string_view>{}(id) % set_count * ways]; }

  std::vector<Entry> entries_;
  std::uint32_t now_ = 0;
};

}  // namespace bulwark::client
