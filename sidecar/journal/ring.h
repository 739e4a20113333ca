// SPDX-License-Identifier: Apache-2.0
// The journal ring: what the hot loop has decided and the writer thread has not yet made durable. It lives in a file of
// the run folder, mapped shared, so that it outlives every process; recovery drains it first. One producer (the hot
// loop, no system call), one consumer (the writer thread).
//
//   0     header, then the consumer's cursor                                       one page
//   4096  RingLine[ring_line_count]
//
//   RingLine: | mark | 7 words |      a record takes as many lines as its words need, and may wrap around the end
//   mark of a record's first line: its Commit word, stored last; of its further lines: sequence << 16
//
// Whoever looks for record n at the place where it must begin finds either its commit word or a mark of an older
// record: nothing that a client may choose ever stands in a mark. The last line stays free, so that full and empty
// differ.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "shm/assert.h"
#include "shm/layout.h"
#include "sidecar/journal/maker.h"
#include "sidecar/journal/words.h"

namespace bulwark::journal {

inline constexpr std::uint64_t ring_line_count = 1U << 20U;  // 64 MiB
inline constexpr std::uint64_t ring_line_words = 7;
inline constexpr std::uint64_t record_lines_max = (record_words_max + ring_line_words - 1) / ring_line_words;
inline constexpr std::size_t ring_header_bytes = 4'096;

struct alignas(shm::line_bytes) RingLine {
  shm::AtomicWord mark;  // SYNC POINT RECORD: of a first line stored with release, loaded with acquire
  std::uint64_t words[ring_line_words];
};
static_assert(sizeof(RingLine) == shm::line_bytes);

// Where the consumer stands: | sequence of the next record 44 | its line 20 |, one word, so that a crash never splits
// it.
struct RingCursor {
  std::uint64_t sequence, line;
  constexpr std::uint64_t word() const { return sequence << 20 | (line & (ring_line_count - 1)); }
  static constexpr RingCursor of(std::uint64_t word) { return {word >> 20, word & (ring_line_count - 1)}; }
};

struct RingHeader {
  shm::Header header;
  std::uint64_t journal;  // id of the journal that the records belong to
  std::uint64_t boot[2];  // of the machine: after a power cut nothing in here is to be believed
  alignas(shm::writer_bytes) shm::AtomicWord durable;  // SYNC POINT DURABLE: everything before it is in the files
};
static_assert(sizeof(RingHeader) <= ring_header_bytes && offsetof(RingHeader, durable) == 128);

// The ring as both sides see it. `line_count` is a power of two; tests take a small one.
struct RingView {
  RingHeader* header;
  RingLine* lines;
  std::uint64_t line_count;

  static RingView over(void* memory, std::uint64_t line_count = ring_line_count) {
    auto* bytes = static_cast<std::byte*>(memory);
    return {reinterpret_cast<RingHeader*>(bytes), reinterpret_cast<RingLine*>(bytes + ring_header_bytes), line_count};
  }
  static constexpr std::size_t bytes(std::uint64_t line_count = ring_line_count) {
    return ring_header_bytes + line_count * sizeof(RingLine);
  }
  RingLine& at(std::uint64_t line) const { return lines[line & (line_count - 1)]; }
};

// Writes one record's words straight into the ring's lines.
class WordWriter {
public:
  WordWriter(const RingView& ring, std::uint64_t line, std::uint64_t sequence)
      : ring_(ring), line_(line), mark_(sequence << 16), word_(ring.at(line).words) {}

  template <class Raw>
  void value(Raw raw) {
    static_assert(sizeof(Raw) == 8);
    put(static_cast<std::uint64_t>(raw));
  }

  template <class... Fields>
  void pack(Fields... fields) {
    put(pack_word(fields...));
  }

  template <std::size_t N>
  void text(const Text<N>& text) {
    const std::size_t count = text_words(text);
    for (std::size_t i = 0; i < count; ++i) {
      std::uint64_t word;
      std::memcpy(&word, reinterpret_cast<const char*>(&text) + i * 8, sizeof word);
      put(word);
    }
  }

  std::uint8_t words() const { return static_cast<std::uint8_t>(full_lines_ * ring_line_words + used_); }
  std::uint64_t lines() const { return full_lines_ + 1; }

private:
  void put(std::uint64_t word) {
    if (used_ == ring_line_words) next_line();
    word_[used_++] = word;
  }
  void next_line() {
    RingLine& line = ring_.at(++line_);
    line.mark.store(mark_, std::memory_order_relaxed);  // ordered by the commit word of the record
    word_ = line.words;
    used_ = 0;
    ++full_lines_;
  }

  const RingView& ring_;
  std::uint64_t line_, mark_;
  std::uint64_t* word_;
  std::uint64_t used_ = 0, full_lines_ = 0;
};

// The hot loop's end. The caller asks `has_room` before it applies an event, and appends after.
class RingProducer : public RecordMaker<RingProducer> {
public:
  RingProducer(RingView ring, RingCursor start) : ring_(ring), line_(start.line), sequence_(start.sequence) {
    look_for_room(record_lines_max);
  }

  bool has_room(std::uint64_t lines = record_lines_max) {
    if (free_ >= lines) [[likely]]
      return true;
    return look_for_room(lines);
  }

  // Brings the lines of the next record into this core's cache, for writing, while nobody waits.
  void prefetch() const {
    for (std::uint64_t i = 0; i < 3; ++i) __builtin_prefetch(&ring_.at(line_ + i), 1, 3);
  }

  std::uint64_t next_sequence() const { return sequence_; }
  // Is this record in the files, for good?
  bool is_durable(std::uint64_t sequence) const {
    // SYNC POINT DURABLE (acquire)
    return RingCursor::of(ring_.header->durable.load(std::memory_order_acquire)).sequence > sequence;
  }
  std::uint64_t used_lines() const {
    const std::uint64_t read = RingCursor::of(ring_.header->durable.load(std::memory_order_relaxed)).line;
    return (line_ - read) & (ring_.line_count - 1);
  }

  // What RecordMaker stands on: one record, its words told by `carry`.
  template <class Carry>
  void put(RecordType type, const Carry& carry) {
    WordWriter words(ring_, line_, sequence_);
    carry(words);
    commit(words, type);
  }

private:
  [[gnu::noinline]] bool look_for_room(std::uint64_t lines) {
    // SYNC POINT DURABLE (acquire): the consumer has read what stood in the lines that we may write now.
    const std::uint64_t read = RingCursor::of(ring_.header->durable.load(std::memory_order_acquire)).line;
    free_ = ring_.line_count - 1 - ((line_ - read) & (ring_.line_count - 1));
    return free_ >= lines;
  }
  void commit(const WordWriter& words, RecordType type) {
    BULWARK_ASSERT(words.lines() <= free_);  // else lines were written over that are in no file yet
    // SYNC POINT RECORD (release): the words and the marks of the further lines come before the commit word.
    ring_.at(line_).mark.store(Commit{sequence_, words.words(), type}.word(), std::memory_order_release);
    line_ += words.lines();
    free_ -= words.lines();
    ++sequence_;
  }

  RingView ring_;
  std::uint64_t line_, sequence_;
  std::uint64_t free_ = 0;
};

// The writer thread's end, and recovery's: takes records in order; `release` gives their lines back to the producer.
class RingConsumer {
public:
  explicit RingConsumer(RingView ring)
      : ring_(ring), cursor_(RingCursor::of(ring.header->durable.load(std::memory_order_acquire))) {}

  // Copies the next record's words to `words`; false: it is not there (yet).
  bool take(Commit& commit, std::span<std::uint64_t, record_words_max> words) {
    const RingLine& first = ring_.at(cursor_.line);
    commit = Commit::of(first.mark.load(std::memory_order_acquire));  // SYNC POINT RECORD
    if (commit.sequence != cursor_.sequence || commit.type == RecordType::None || commit.words == 0 ||
        commit.words > record_words_max) {
      return false;
    }
    for (std::uint64_t i = 0; i < commit.words; ++i) {
      words[i] = ring_.at(cursor_.line + i / ring_line_words).words[i % ring_line_words];
    }
    const std::uint64_t lines = (commit.words + ring_line_words - 1) / ring_line_words;
    cursor_ = {cursor_.sequence + 1, cursor_.line + lines};
    taken_lines_ += lines;
    return true;
  }

  // SYNC POINT DURABLE (release): everything that was taken is in the files.
  void release() {
    ring_.header->durable.store(cursor_.word(), std::memory_order_release);
    taken_lines_ = 0;
  }

  std::uint64_t next_sequence() const { return cursor_.sequence; }
  std::uint64_t unreleased_lines() const { return taken_lines_; }

private:
  RingView ring_;
  RingCursor cursor_;
  std::uint64_t taken_lines_ = 0;
};

}  // namespace bulwark::journal
