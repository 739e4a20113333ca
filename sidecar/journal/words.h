// SPDX-License-Identifier: Apache-2.0
// The reader of a record's words, and what it shares with those that write them (ring.h, encoded.h): small fields
// packed into one word in the order given, texts as their length and as many words as they need.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "shm/words.h"
#include "sidecar/journal/carry.h"

namespace bulwark::journal {

static_assert(std::endian::native == std::endian::little, "the journal's words are little-endian");

template <class Field>
constexpr std::uint64_t to_bits(Field field) {
  if constexpr (std::is_enum_v<Field>) {
    return to_bits(static_cast<std::underlying_type_t<Field>>(field));
  } else {
    static_assert(std::is_unsigned_v<Field> && sizeof(Field) < 8);
    return field;
  }
}

template <class... Fields>
constexpr std::uint64_t pack_word(Fields... fields) {
  static_assert((sizeof(Fields) + ...) <= 8);
  std::uint64_t word = 0;
  unsigned shift = 0;
  ((word |= to_bits(fields) << shift, shift += 8 * static_cast<unsigned>(sizeof(Fields))), ...);
  return word;
}

template <std::size_t N>
constexpr std::size_t text_words(const Text<N>& text) {
  return (std::size_t{1} + text.size + 7) / 8;
}

// Reads what a file holds: it may be damaged in spite of its checksum, so that it looks at every length.
class WordReader {
public:
  explicit WordReader(std::span<const std::uint64_t> words) : words_(words) {}

  template <class Raw>
  void value(Raw& raw) {
    static_assert(sizeof(Raw) == 8);
    raw = static_cast<Raw>(next());
  }

  template <class... Fields>
  void pack(Fields&... fields) {
    std::uint64_t word = next();
    ((fields = unpack<Fields>(word), word = sizeof(Fields) < 8 ? word >> (8 * sizeof(Fields)) : 0), ...);
  }

  template <std::size_t N>
  void text(Text<N>& text) {
    text = {};
    const std::uint64_t first = next();
    const std::size_t size = first & 0xff;
    if (size > N) {
      whole_ = false;
      return;
    }
    std::memcpy(&text, &first, sizeof first);
    for (std::size_t i = 1; i < text_words(text); ++i) {
      const std::uint64_t word = next();
      std::memcpy(reinterpret_cast<char*>(&text) + i * 8, &word, sizeof word);
    }
  }

  // Every word was there, and there is none too many.
  bool whole() const { return whole_ && at_ == words_.size(); }

private:
  template <class Field>
  static Field unpack(std::uint64_t word) {
    if constexpr (std::is_same_v<Field, bool>) return (word & 0xff) != 0;
    else return static_cast<Field>(word & (~std::uint64_t{0} >> (64 - 8 * sizeof(Field))));
  }
  std::uint64_t next() {
    if (at_ < words_.size()) return words_[at_++];
    whole_ = false;
    return 0;
  }

  std::span<const std::uint64_t> words_;
  std::size_t at_ = 0;
  bool whole_ = true;
};

// False: these words are no record of that type.
inline bool decode(Commit commit, std::span<const std::uint64_t> words, Record& record) {
  record = {};
  record.sequence = commit.sequence;
  record.type = commit.type;
  WordReader reader(words);
  TimeNs& t = record.t;
  switch (commit.type) {
    case RecordType::Error: carry_error(reader, t, record.error); break;
    case RecordType::Verdict:
      carry_verdict(reader, t, record.verdict, record.basis, record.shrinking, record.client);
      break;
    case RecordType::Objection: carry_objection(reader, t, record.objection); break;
    case RecordType::Sized: carry_sized(reader, t, record.sized); break;
    case RecordType::Line: carry_line(reader, t, record.line); break;
    case RecordType::Configuration:
    case RecordType::Start:
    case RecordType::End:
    case RecordType::Lease:
    case RecordType::Stop:
    case RecordType::Snapshot:
    case RecordType::ClientStop:
      carry_note(reader, record.note);
      t = record.note.t;
      break;
    case RecordType::Remark:
      carry_remark(reader, record.remark);
      t = record.remark.t;
      break;
    default:
      if (!is_event(commit.type)) return false;
      record.event.type = static_cast<core::EventType>(commit.type);
      carry_event(reader, record.event);
      t = record.event.t;
  }
  return reader.whole();
}

}  // namespace bulwark::journal
