// SPDX-License-Identifier: Apache-2.0
// The marks table of one publisher: MarksWriter in the process of the publisher, MarksReader in the hot loop. A slot
// for each quote under a sequence lock without fences, a bit for each slot that is new, a bit for each 16 words of
// bits.
//
//   writer: sequence odd, data, sequence even; its dirty bit; the summary bit above it
//   reader: takes the summary, takes the words of bits below it, reads the slots
//
// The reader never waits: a slot that is being written is passed over, because its writer sets the bit again when it is
// done; one whose writer died in the middle, or lies, stays unread. Hot on both sides.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>

#include "shm/attach.h"
#include "shm/layout.h"
#include "shm/units.h"

namespace bulwark::shm {

// The index of a quote is its row in Board::quotes: symbols first, in their own order, then the currency pairs; 0
// nobody.
enum class QuoteIndex : std::uint32_t { None };

struct Quote {
  Price bid{}, ask{}, last{};  // 0: absent
};

constexpr std::size_t marks_bytes(std::size_t quote_count) {
  return sizeof(MarksTable) + dirty_word_count * sizeof(AtomicWord) + quote_count * sizeof(MarkSlot);
}

inline AtomicWord* dirty_words(MarksTable& table) { return reinterpret_cast<AtomicWord*>(&table + 1); }
inline MarkSlot* mark_slots(MarksTable& table) {
  return reinterpret_cast<MarkSlot*>(dirty_words(table) + dirty_word_count);
}
static_assert((sizeof(MarksTable) + dirty_word_count * sizeof(AtomicWord)) % alignof(MarkSlot) == 0);

// A table in zeroed memory of marks_bytes(quote_count), which counts row 0.
inline MarksTable& make_marks(void* memory, std::size_t quote_count, std::uint64_t generation) {
  auto& table = *static_cast<MarksTable*>(memory);
  table.quote_count = quote_count;
  fill_header(table.header, SegmentKind::Marks, marks_bytes(quote_count), generation);
  make_ready(table.header);
  return table;
}

// What may stand in a slot: a two-sided quote, a last price, or both; all within range.
constexpr bool valid(const Quote& quote) {
  const auto fits = [](Price price) { return price.raw >= 0 && price.raw <= decimal_raw_max; };
  const bool two_sided = quote.bid.raw != 0 && quote.ask.raw != 0;
  const bool no_side = quote.bid.raw == 0 && quote.ask.raw == 0;
  return fits(quote.bid) && fits(quote.ask) && fits(quote.last) && (two_sided || no_side) &&
         (two_sided || quote.last.raw != 0);
}

class MarksWriter {
public:
  MarksWriter() = default;
  explicit MarksWriter(MarksTable& table) : table_(&table), quote_count_(table.quote_count) {}

  bool write(QuoteIndex quote, const Quote& from, MonotonicNs now) noexcept {
    const std::size_t index = at(quote);
    if (index == 0 || index >= quote_count_) return false;
    MarkSlot& slot = mark_slots(*table_)[index];
    const std::uint64_t sequence = slot.sequence.load(std::memory_order_relaxed) | 1;
    slot.sequence.store(sequence, std::memory_order_relaxed);
    // SYNC POINT MARK, reader side: each release keeps the odd number before its datum, so that who sees the datum sees
    // that it is being written.
    slot.bid.store(from.bid.raw, std::memory_order_release);
    slot.ask.store(from.ask.raw, std::memory_order_release);
    slot.last.store(from.last.raw, std::memory_order_release);
    slot.published_ns.store(now.ns, std::memory_order_release);
    slot.sequence.store(sequence + 1, std::memory_order_release);  // SYNC POINT MARK: publishes the data
    // SYNC POINT DIRTY: each a read-modify-write with release, after what it announces. Never skipped where the bit
    // seems to be set: a plain look could be older than the reader's taking of it.
    dirty_words(*table_)[index / 64].fetch_or(std::uint64_t{1} << (index % 64), std::memory_order_release);
    table_->dirty_summary.fetch_or(std::uint64_t{1} << (index / 1024), std::memory_order_release);
    return true;
  }

private:
  MarksTable* table_ = nullptr;
  std::size_t quote_count_ = 0;
};

class MarksReader {
public:
  MarksReader() = default;
  // `quote_count` comes from whoever made the table: what stands in it is the publisher's to change.
  MarksReader(MarksTable& table, std::size_t quote_count) : table_(&table), quote_count_(quote_count) {}

  // Hands new quotes to `each(QuoteIndex, const Quote&)`, with at most `budget` steps of work (a slot, or a word of
  // dirty bits); what is left waits for the next call. Returns how many were handed over.
  template <class Each>
  std::size_t take(std::size_t budget, Each&& each) noexcept {
    std::size_t taken = 0;
    for (; budget > 0; --budget) {
      if (bits_ == 0) {
        if (!next_word()) break;
        continue;
      }
      const std::size_t index = word_ * 64 + static_cast<std::size_t>(std::countr_zero(bits_));
      bits_ &= bits_ - 1;
      Quote quote;
      if (!read(index, quote)) continue;
      each(static_cast<QuoteIndex>(index), quote);
      ++taken;
    }
    return taken;
  }

  // Is something new there, or left over? For the last look before the loop sleeps.
  bool waiting() const noexcept {
    return bits_ != 0 || words_left_ != 0 || groups_ != 0 || table_->dirty_summary.load(std::memory_order_relaxed) != 0;
  }

  std::uint64_t malformed_count() const noexcept { return malformed_count_; }
  std::uint64_t torn_count() const noexcept { return torn_count_; }

private:
  // Takes the next word of dirty bits; false where no group of them has any.
  bool next_word() noexcept {
    if (words_left_ == 0) {
      if (groups_ == 0) {
        // The look that every idle pass of the loop makes: relaxed, and no write.
        if (table_->dirty_summary.load(std::memory_order_relaxed) == 0) return false;
        groups_ = table_->dirty_summary.exchange(0, std::memory_order_acquire);  // SYNC POINT DIRTY
        if (groups_ == 0) return false;
      }
      word_ = static_cast<std::size_t>(std::countr_zero(groups_)) * 16;
      groups_ &= groups_ - 1;
      words_left_ = 16;
    } else {
      ++word_;
    }
    --words_left_;
    AtomicWord& word = dirty_words(*table_)[word_];
    // A bit that is not seen here was set after the summary was taken: its own summary bit comes behind it.
    if (word.load(std::memory_order_relaxed) != 0) bits_ = word.exchange(0, std::memory_order_acquire);
    return true;
  }

  // One try at a slot, each word loaded once. False: it is being written, or holds what nobody may say.
  bool read(std::size_t index, Quote& to) noexcept {
    if (index == 0 || index >= quote_count_) return ++malformed_count_, false;
    const MarkSlot& slot = mark_slots(*table_)[index];
    const std::uint64_t before = slot.sequence.load(std::memory_order_acquire);  // SYNC POINT MARK: the data behind it
    to.bid.raw = slot.bid.load(std::memory_order_acquire);
    to.ask.raw = slot.ask.load(std::memory_order_acquire);
    to.last.raw = slot.last.load(std::memory_order_acquire);
    // Relaxed: the acquires above keep this load behind theirs, and let it see the odd number of whom they saw.
    const std::uint64_t after = slot.sequence.load(std::memory_order_relaxed);
    if ((before & 1) != 0 || before != after) return ++torn_count_, false;
    if (!valid(to)) return ++malformed_count_, false;
    return true;
  }

  MarksTable* table_ = nullptr;
  std::size_t quote_count_ = 0;
  std::uint64_t groups_ = 0;    // taken summary bits whose words are still to be looked at
  std::size_t word_ = 0;        // the word of dirty bits that `bits_` came from
  std::size_t words_left_ = 0;  // after it, in its group
  std::uint64_t bits_ = 0;      // taken dirty bits whose slots are still to be read
  std::uint64_t malformed_count_ = 0, torn_count_ = 0;
};

}  // namespace bulwark::shm
