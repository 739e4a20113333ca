// SPDX-License-Identifier: Apache-2.0
// Records in memory, word by word as they stand in a file: what a replay expects, and what recovery completes. Cold.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "sidecar/journal/maker.h"
#include "sidecar/journal/words.h"

namespace bulwark::journal {

struct Encoded {
  RecordType type;
  std::uint8_t count;
  std::array<std::uint64_t, record_words_max> list;

  std::span<const std::uint64_t> words() const { return {list.data(), count}; }
  bool operator==(const Encoded& other) const {
    return type == other.type && std::ranges::equal(words(), other.words());
  }
};

class EncodedRecords : public RecordMaker<EncodedRecords> {
public:
  template <class Carry>
  void put(RecordType type, const Carry& carry) {
    Encoded& made = records.emplace_back();
    made.type = type;
    Words words{made};
    carry(words);
  }

  // What the event that the engine has applied last brought about, in the order of its records.
  void append_outputs(TimeNs t, core::EventError error, const core::Engine& engine) {
    append_answer(t, error, engine);
    if (error == core::EventError::None) append_consequences(t, engine, 0, [] { return true; });
  }
  // An output as it was read back.
  void append_output(const Record& record) {
    switch (record.type) {
      case RecordType::Error: return append_error(record.t, record.error);
      case RecordType::Verdict: return append(record.t, record.verdict, record.basis, record.shrinking, record.client);
      case RecordType::Objection: return append(record.t, record.objection);
      case RecordType::Sized: return append(record.t, record.sized);
      case RecordType::Line: return append(record.t, record.line);
      default: return;
    }
  }

  std::vector<Encoded> records;

private:
  struct Words {
    Encoded& to;

    template <class Raw>
    void value(Raw raw) {
      to.list[to.count++] = static_cast<std::uint64_t>(raw);
    }
    template <class... Fields>
    void pack(Fields... fields) {
      to.list[to.count++] = pack_word(fields...);
    }
    template <std::size_t N>
    void text(const Text<N>& text) {
      std::memcpy(&to.list[to.count], &text, text_words(text) * 8);
      to.count = static_cast<std::uint8_t>(to.count + text_words(text));
    }
  };
};

}  // namespace bulwark::journal
