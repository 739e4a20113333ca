// SPDX-License-Identifier: Apache-2.0
// What a journal record says, and how it becomes 8-byte words: an event and what came of it, together, or a note of the
// sidecar about itself. One function for each event gives the order of its words, for writing and for reading alike.
#pragma once

#include <cstdint>

#include "core/event.h"
#include "shm/units.h"
#include "shm/words.h"

namespace bulwark::journal {

// The first ones are core::EventType, number by number.
enum class RecordType : std::uint8_t {
  None,
  EventLast = static_cast<std::uint8_t>(core::EventType::Deliver),
  Configuration = 64,  // `a`: the hash that names journal/config-HASH.toml; in force from here on
  Start,               // a sidecar begins; `a`: generation of the ring
  End,                 // it ended in good order
  Lease,               // the permission ran out without a stop; `a`: how often so far
  Stop,    // a stop was taken over from the kill page; `a`: its permission word, `b`: generation of the page
  Remark,  // a person's wish and reason, where no event has a place for them
};

constexpr RecordType record_type(core::EventType type) { return static_cast<RecordType>(type); }
constexpr bool is_event(RecordType type) { return type != RecordType::None && type <= RecordType::EventLast; }

struct Outcome {
  core::EventError error;
  bool has_verdict, has_sized;
  core::Verdict verdict;
  core::Sized sized;
};

struct Note {
  TimeNs t;
  std::uint64_t a, b;
};

struct Remark {
  TimeNs t;
  Name operator_name;
  Text<247> text;
};

// A record as it is read back: event and outcome, note, or remark; `note.t` is the time of each.
struct Record {
  std::uint64_t sequence;
  RecordType type;
  core::Event event;
  Outcome outcome;
  Note note;
  Remark remark;
};

// No record takes more words than this: six lines of the ring. (The longest that there is takes 31, a replace with two
// ids of 64 characters that a limit of a scope refused; a control with a verdict, which there is not, would take 37.)
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

// `Words` is a WordWriter or a WordReader (words.h); `e` is const when it writes.
template <class Words>
void carry_verdict(Words& words, auto& v, bool has_on, bool has_limit) {
  words.value(v.quantity.raw);
  if (has_limit) words.pack(v.limit);
  if (has_on) {
    words.pack(v.on.symbol, v.on.sector, v.on.account);
    words.pack(v.on.strategy, v.on.client);
  }
  for (auto* value : {&v.value, &v.max}) {
    if (value->kind == ValueKind::Absent) continue;
    words.value(value->raw_low);
    words.value(value->raw_high);
  }
}

template <class Words>
void carry_sized(Words& words, auto& sized) {
  words.value(sized.quantity.raw);
  words.pack(sized.binding);
  for (auto& quantity : sized.constraints) words.value(quantity);
}

// What was read decides what follows; what is written is as it was.
constexpr void set_answers(const Outcome&, std::uint8_t) {}
constexpr void set_answers(Outcome& outcome, std::uint8_t answers) {
  outcome.has_verdict = (answers & 1) != 0;
  outcome.has_sized = (answers & 2) != 0;
}

template <class Words>
void carry_outcome(Words& words, auto& outcome) {
  auto& v = outcome.verdict;
  bool has_limit = v.limit != LimitIndex::None;
  std::uint8_t answers = static_cast<std::uint8_t>(outcome.has_verdict | outcome.has_sized << 1);
  words.pack(outcome.error, answers, v.decision, v.reason, v.value.kind, v.max.kind, v.has_on, has_limit);
  set_answers(outcome, answers);
  if (outcome.has_sized) carry_sized(words, outcome.sized);
  if (outcome.has_verdict) carry_verdict(words, v, v.has_on, has_limit);
}

template <class Words>
void carry_intent(Words& words, auto& e) {
  words.pack(e.symbol, e.client, e.account);
  words.pack(e.strategy, e.side, e.gate, e.resize, e.reduce_only, e.market);
  words.value(e.quantity.raw);
  words.value(e.price.raw);
  words.text(e.id);
}

template <class Words>
void carry_replace(Words& words, auto& e) {
  words.pack(e.client, e.gate, e.keep_price);
  words.value(e.quantity.raw);
  words.value(e.price.raw);
  words.text(e.id);
  words.text(e.new_id);
}

template <class Words>
void carry_order(Words& words, auto& e) {
  words.pack(e.client, e.why);
  words.text(e.id);
}

template <class Words>
void carry_fill(Words& words, auto& e) {
  words.pack(e.symbol, e.client, e.account);
  words.pack(e.strategy, e.side);
  words.value(e.quantity.raw);
  words.value(e.price.raw);
  words.value(e.fee_low);
  words.value(e.fee_high);
  words.text(e.id);
  words.text(e.exec_id);
}

template <class Words>
void carry_mark(Words& words, auto& e) {
  words.pack(e.symbol);
  words.value(e.bid.raw);
  words.value(e.ask.raw);
  words.value(e.last.raw);
}

template <class Words>
void carry_size(Words& words, auto& e) {
  words.pack(e.symbol, e.client, e.account);
  words.pack(e.strategy, e.side, e.market, e.by_edge);
  words.value(e.price.raw);
  words.value(e.edge);
  words.value(e.horizon_days);
  words.value(e.win_probability);
  words.value(e.payoff);
  words.value(e.confidence);
}

template <class Words>
void carry_equity(Words& words, auto& e) {
  words.pack(e.account);
  words.value(e.amount_low);
  words.value(e.amount_high);
}

template <class Words>
void carry_control(Words& words, auto& e) {
  words.pack(e.command, e.new_baseline, e.whole_limit, e.stage, e.limit);
  words.pack(e.on.symbol, e.on.sector, e.on.account);
  words.pack(e.on.strategy, e.on.client);
  words.value(e.max_low);
  words.value(e.max_high);
  words.value(e.until.ns);
  words.text(e.operator_name);
  words.text(e.reason);
}

template <class Words>
void carry_event(Words& words, auto& event) {
  words.value(event.t.ns);
  switch (event.type) {
    case core::EventType::None:
    case core::EventType::Clock: break;
    case core::EventType::Client: words.text(event.client.name); break;
    case core::EventType::Mark:
    case core::EventType::Rate: carry_mark(words, event.mark); break;
    case core::EventType::Intent: carry_intent(words, event.intent); break;
    case core::EventType::Replace: carry_replace(words, event.replace); break;
    case core::EventType::Ack:
    case core::EventType::Cancel:
    case core::EventType::Done:
    case core::EventType::Deliver: carry_order(words, event.order); break;
    case core::EventType::Fill: carry_fill(words, event.fill); break;
    case core::EventType::Equity: carry_equity(words, event.equity); break;
    case core::EventType::Size: carry_size(words, event.size); break;
    case core::EventType::Control: carry_control(words, event.control); break;
  }
}

template <class Words>
void carry_remark(Words& words, auto& remark) {
  words.value(remark.t.ns);
  words.text(remark.operator_name);
  words.text(remark.text);
}

template <class Words>
void carry_note(Words& words, auto& note) {
  words.value(note.t.ns);
  words.value(note.a);
  words.value(note.b);
}

}  // namespace bulwark::journal
