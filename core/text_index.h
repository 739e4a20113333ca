// SPDX-License-Identifier: Apache-2.0
// A hash table of fixed capacity from (text, tag) to entries that never move: ids of orders (tag: the client),
// and exec ids of fills (tag: the order). Open addressing with backward-shift deletion; no allocation after
// construction.
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

  TextIndex() = default;
  // `by_tag`: the tag takes part in the hash; without it, entries of one text can be walked whatever their tags.
  TextIndex(std::size_t capacity, bool by_tag) : by_tag_(by_tag), entries_(capacity) {
    std::size_t slots = 16;
    while (slots < 2 * capacity) slots *= 2;
    slots_ = Table<std::uint32_t>(slots);
    mask_ = slots - 1;
  }

  bool full() const { return free_ == none && used_ == entries_.size(); }
  std::size_t room() const { return entries_.size() - count_; }
  Entry& operator[](std::uint32_t entry) { return entries_[entry - 1]; }
  const Entry& operator[](std::uint32_t entry) const { return entries_[entry - 1]; }

  // Calls visit(entry) for each entry with that text (and, by_tag, hash), until it returns true.
  template <class Visit>
  void each(std::string_view text, std::uint32_t tag, Visit visit) const {
    for (std::size_t slot = hash(text, tag) & mask_; slots_[slot] != none; slot = (slot + 1) & mask_) {
      if (entries_[slots_[slot] - 1].text.view() == text && visit(slots_[slot])) return;
    }
  }

  [[gnu::always_inline]] void prefetch_next() const { entries_.prefetch(free_ != none ? free_ - 1 : used_); }
  // Of an index that is not by_tag.
  [[gnu::always_inline]] void prefetch(std::string_view text) const { slots_.prefetch(hash(text, 0) & mask_); }

  // Precondition: not full.
  std::uint32_t insert(std::string_view text, std::uint32_t tag, std::uint32_t owner, std::uint32_t next) {
    std::uint32_t entry = free_;
    if (entry != none) free_ = entries_[entry - 1].next;
    else entry = static_cast<std::uint32_t>(++used_);
    ++count_;
    entries_[entry - 1] = {owner, tag, next, 0, Id::from(text)};
    std::size_t slot = hash(text, tag) & mask_;
    while (slots_[slot] != none) slot = (slot + 1) & mask_;
    slots_[slot] = entry;
    return entry;
  }

  void erase(std::uint32_t entry) {
    std::size_t slot = home(entry);
    while (slots_[slot] != entry) slot = (slot + 1) & mask_;
    for (std::size_t next = (slot + 1) & mask_; slots_[next] != none; next = (next + 1) & mask_) {
      if (((next - home(slots_[next])) & mask_) >= ((next - slot) & mask_)) {
        slots_[slot] = slots_[next];
        slot = next;
      }
    }
    slots_[slot] = none;
    entries_[entry - 1].next = free_;
    free_ = entry;
    --count_;
  }

private:
  std::size_t home(std::uint32_t entry) const {
    return hash(entries_[entry - 1].text.view(), entries_[entry - 1].tag) & mask_;
  }
  std::uint64_t hash(std::string_view text, std::uint32_t tag) const {
    std::uint64_t h = 0x9e3779b97f4a7c15ULL ^ (by_tag_ ? tag * 0xd6e8feb86659fd93ULL : 0);
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
      std::uint64_t word;
      std::memcpy(&word, text.data() + i, 8);
      h = (h ^ word) * 0xff51afd7ed558ccdULL;
      h ^= h >> 32;
    }
    std::uint64_t word = text.size();
    for (; i < text.size(); ++i) word = word << 8 | static_cast<unsigned char>(text[i]);
    h = (h ^ word) * 0xc4ceb9fe1a85ec53ULL;
    return h ^ (h >> 29);
  }

  bool by_tag_ = false;
  std::size_t mask_ = 0, used_ = 0, count_ = 0;
  std::uint32_t free_ = none;
  Table<Entry> entries_;
  Table<std::uint32_t> slots_;
};

}  // namespace bulwark::core
