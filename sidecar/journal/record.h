// SPDX-License-Identifier: Apache-2.0
// What a journal record says. Every event has a record of its own, and directly behind it stands, one record each, what
// came of it, in the order in which it is told (contract, rule 32). Notes of the sidecar about itself stand between.
// How a record becomes 8-byte words is told by carry.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/event.h"
#include "core/states.h"
#include "shm/units.h"
#include "shm/words.h"

namespace bulwark::journal {

// The first ones are core::EventType, number by number.
enum class RecordType : std::uint8_t {
  None,
  EventLast = static_cast<std::uint8_t>(core::EventType::Deliver),
  Error = 32,  // what came of the event before: it was refused whole
  Verdict,
  Objection,  // one limit that objected to the order; the verdict names the first of them
  Sized,
  Line,                // a warning, a breach, a state, ...: core::Line
  Configuration = 64,  // `a`: the hash that names journal/config-HASH.toml; in force from here on
  Start,               // a sidecar begins; `a`: generation of the ring
  End,                 // it ended in good order
  Lease,               // the permission ran out without a stop; `a`: how often so far
  Stop,        // a stop was taken over from the kill page; `a`: its permission word, `b`: generation of the page
  Remark,      // a person's wish and reason, where no event has a place for them
  Snapshot,    // a snapshot is taken here (`a`: 0); later its digest (`a`: that record, `b`: how its SHA-256 begins)
  ClientStop,  // what a client made of a stop; `a`: the stop's epoch, `b`: ClientStop::word
  Seal = 96,   // closes a block of records in a file (seal.h); its sequence is that of the last record before it
};

constexpr RecordType record_type(core::EventType type) { return static_cast<RecordType>(type); }
constexpr bool is_event(RecordType type) { return type != RecordType::None && type <= RecordType::EventLast; }
constexpr bool is_output(RecordType type) { return type >= RecordType::Error && type <= RecordType::Line; }

struct Note {
  TimeNs t;
  std::uint64_t a, b;
};

struct Remark {
  TimeNs t;
  Name operator_name;
  Text<247> text;
};

// What a client made of a stop: | client 16 | nanoseconds until it acknowledged, or an outcome 48 |.
struct ClientStop {
  static constexpr std::uint64_t silent = (1ULL << 48) - 1, gone = silent - 1;  // so far; it ended without
  ClientIndex client;
  std::uint64_t delay_ns;

  constexpr bool acknowledged() const { return delay_ns < gone; }
  constexpr std::string_view outcome() const {
    return acknowledged() ? "acknowledged" : delay_ns == gone ? "gone" : "silent";
  }
  constexpr std::uint64_t word() const { return static_cast<std::uint64_t>(client) << 48 | delay_ns; }
  static constexpr ClientStop of(std::uint64_t word) { return {static_cast<ClientIndex>(word >> 48), word & silent}; }
};

// A record as it is read back; which of the parts is set says its type.
struct Record {
  std::uint64_t sequence;
  RecordType type;
  TimeNs t;
  core::Event event;
  core::EventError error;
  core::Verdict verdict;
  core::Basis basis;          // of the verdict
  core::Shrinking shrinking;  // of the limit that the verdict names
  ClientIndex client;         // whose order the verdict is about
  core::Objection objection;
  core::Sized sized;
  core::Line line;
  Note note;
  Remark remark;
};

// No record takes more words than this: six lines of the ring. (The longest that there is takes 37, a line.)
inline constexpr std::uint32_t record_words_max = 42;

// The commit word of a record: | sequence 48 | words 8 | type 8 |. Never zero, and never the same twice.
struct Commit {
  std::uint64_t sequence;
  std::uint8_t words;
  RecordType type;

  constexpr std::uint64_t word() const {
    return sequence << 16 | static_cast<std::uint64_t>(words) << 8 | static_cast<std::uint64_t>(type);
  }
  static constexpr Commit of(std::uint64_t word) {
    return {word >> 16, static_cast<std::uint8_t>(word >> 8), static_cast<RecordType>(static_cast<std::uint8_t>(word))};
  }
};

}  // namespace bulwark::journal
