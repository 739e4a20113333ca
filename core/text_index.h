// SPDX-License-Identifier: Apache-2.0
// A hash table of fixed capacity from (text, tag) to entries that never move: ids of orders (tag: the client),
// and exec ids of fills (tag: the order). Open addressing with backward-shift deletion; no allocation after
// construction.
//
// Texts that differ in their last character alone have their places side by side in one cache line: gateways count, so
// nine of ten new ids find their place warm. A place also keeps eight bits of the hash, and other texts are passed by
// without a look at them.
#pragma once

#include "core/table.h"
#include "shm/words.h"

namespace bulwark::core {

class TextIndex {
public:
  struct Entry {
    std::uint32_t owner;  // the order
    std::uint32_t tag;
    std::uint32_t next;       // of the same owner; entry + 1, or 0. Of a free entry: the next free one
    std::uint32_t withdrawn;  // 1: the id of a replace that the market refused
    Id text;
  };
  static constexpr std::uint32_t none = 0;
  static constexpr std::size_t capacity_max = (1U << 24U) - 1;  // a slot has 24 bits for an entry

  TextIndex() = default;
  // `by_tag`: the tag takes part in the hash; without it, entries of one text can be walked whatever their tags.
  TextIndex(std::size_t capacity, bool by_tag) : by_tag_(by_tag), entries_(capacity) {
    std::size_t slots = 16;
    while (slots < 2 * capacity) slots *= 2;
    slots_ = Table<Slot>(slots);
    mask_ = slots - 1;
  }

  bool full() const { return free_ == none && used_ == entries_.size(); }
  std::size_t room() const { return entries_.size() - count_; }
  Entry& operator[](std::uint32_t entry) { return entries_[entry - 1]; }
  const Entry& operator[](std::uint32_t entry) const { return entries_[entry - 1]; }

  // A text whose hash is known: worked out once for all that is asked about it.
  struct Probe {
    const Id* text;
    std::uint32_t tag;
    std::uint64_t hash;
  };
  Probe probe(const Id& text, std::uint32_t tag) const { return {&text, tag, hash(text, tag)}; }

  // Calls visit(entry) for each entry with that text (and, by_tag, hash), until it returns true.
  template <class Visit>
  void each(const Probe& probe, Visit visit) const {
    for (std::size_t k = probe.hash & mask_; !slots_[k].empty(); k = (k + 1) & mask_) {
      const Slot slot = slots_[k];
      if (slot.check() != check_of(probe.hash) || !(entries_[slot.entry() - 1].text == *probe.text)) continue;
      if (visit(slot.entry())) return;
    }
  }

  [[gnu::always_inline]] void prefetch_next() const { entries_.prefetch(free_ != none ? free_ - 1 : used_); }
  [[gnu::always_inline]] void prefetch(const Probe& probe) const { slots_.prefetch(probe.hash & mask_); }

  // Where a text's place is says its hash: all places are put in place with the first entries.
  void populate(std::size_t first, std::size_t last) const {
    entries_.populate(first, last);
    if (first == 0) slots_.populate(0, slots_.size());
  }
  std::size_t used() const { return used_; }  // entries, at one time or another

  // Precondition: not full.
  std::uint32_t insert(const Probe& probe, std::uint32_t owner, std::uint32_t next) {
    std::uint32_t entry = free_;
    if (entry != none) free_ = entries_[entry - 1].next;
    else entry = static_cast<std::uint32_t>(++used_);
    ++count_;
    entries_[entry - 1] = {owner, probe.tag, next, 0, *probe.text};
    std::size_t k = probe.hash & mask_;
    while (!slots_[k].empty()) k = (k + 1) & mask_;
    slots_[k] = Slot::of(entry, check_of(probe.hash));
    return entry;
  }

  void erase(std::uint32_t entry) {
    std::size_t k = home(entry);
    while (slots_[k].entry() != entry) k = (k + 1) & mask_;
    for (std::size_t next = (k + 1) & mask_; !slots_[next].empty(); next = (next + 1) & mask_) {
      if (((next - home(slots_[next].entry())) & mask_) >= ((next - k) & mask_)) {
        slots_[k] = slots_[next];
        k = next;
      }
    }
    slots_[k] = Slot{};
    entries_[entry - 1].next = free_;
    free_ = entry;
    --count_;
  }

private:
  struct Slot {  // | check 8 | entry 24 |
    std::uint32_t word;
    static Slot of(std::uint32_t entry, std::uint32_t check) { return {check << 24 | entry}; }
    std::uint32_t entry() const { return word & static_cast<std::uint32_t>(capacity_max); }
    std::uint32_t check() const { return word >> 24; }
    bool empty() const { return word == 0; }
  };

  std::size_t home(std::uint32_t entry) const {
    return hash(entries_[entry - 1].text, entries_[entry - 1].tag) & mask_;
  }
  // The last character moves within sixteen slots, the others choose them. A text is hashed by the words that it is
  // stored in: they are zero behind its end.
  std::uint64_t hash(const Id& text, std::uint32_t tag) const {
    const std::size_t size = text.view().size(),
                      last_word = size / 8;  // byte `size` of the record is the last character
    const auto word_at = [&text](std::size_t k) {
      std::uint64_t word;
      std::memcpy(&word, reinterpret_cast<const char*>(&text) + 8 * k, 8);
      return word;
    };
    std::uint64_t h = 0x9e3779b97f4a7c15ULL ^ (by_tag_ ? tag * 0xd6e8feb86659fd93ULL : 0);
    for (std::size_t k = 0; k < last_word; ++k) {
      h = (h ^ word_at(k)) * 0xff51afd7ed558ccdULL;
      h ^= h >> 32;
    }
    const std::size_t shift = size % 8 * 8;
    const std::uint64_t word = word_at(last_word), last = size == 0 ? 0 : word >> shift & 0xff;
    h = (h ^ word ^ last << shift) * 0xc4ceb9fe1a85ec53ULL;
    h ^= h >> 29;
    return (h & ~std::uint64_t{15}) ^ last;
  }
  static std::uint32_t check_of(std::uint64_t h) { return static_cast<std::uint32_t>(h >> 56 ^ h) & 0xff; }

  bool by_tag_ = false;
  std::size_t mask_ = 0, used_ = 0, count_ = 0;
  std::uint32_t free_ = none;
  Table<Entry> entries_;
  Table<Slot> slots_;
};

}  // namespace bulwark::core
