// SPDX-License-Identifier: Apache-2.0
// Makes records: of an event, of what came of it, and notes. Where they go is told by `put(type, carry)` of the class
// that takes this as its base: the ring of the hot loop, or a list in memory (encoded.h).
#pragma once

#include "core/engine.h"
#include "sidecar/journal/carry.h"

namespace bulwark::journal {

template <class Place>
class RecordMaker {
public:
  void append(const core::Event& event) {
    put(record_type(event.type), [&](auto& words) { carry_event(words, event); });
  }
  // The common record, with the switch over the event's type left out.
  void append_intent(const core::Event& event) {
    put(record_type(core::EventType::Intent), [&](auto& words) {
      words.value(event.t.ns);
      carry_intent(words, event.intent);
    });
  }
  void append(RecordType type, const Note& note) {
    put(type, [&](auto& words) { carry_note(words, note); });
  }
  void append(const Remark& remark) {
    put(RecordType::Remark, [&](auto& words) { carry_remark(words, remark); });
  }

  void append_error(TimeNs t, core::EventError error) {
    put(RecordType::Error, [&](auto& words) { carry_error(words, t, error); });
  }
  void append(TimeNs t, const core::Verdict& verdict, const core::Basis& basis, const core::Shrinking& shrinking,
              ClientIndex client) {
    put(RecordType::Verdict, [&](auto& words) { carry_verdict(words, t, verdict, basis, shrinking, client); });
  }
  void append(TimeNs t, const core::Objection& objection) {
    put(RecordType::Objection, [&](auto& words) { carry_objection(words, t, objection); });
  }
  void append(TimeNs t, const core::Sized& sized) {
    put(RecordType::Sized, [&](auto& words) { carry_sized(words, t, sized); });
  }
  void append(TimeNs t, const core::Line& line) {
    put(RecordType::Line, [&](auto& words) { carry_line(words, t, line); });
  }

  // What is known when the engine has decided: an error, or what the passing of time did, then the answer.
  void append_answer(TimeNs t, core::EventError error, const core::Engine& engine) {
    if (error != core::EventError::None) [[unlikely]]
      return append_error(t, error);
    if (engine.lines_before_verdict() != 0) [[unlikely]] {
      for (const core::Line& line : engine.lines().first(engine.lines_before_verdict())) append(t, line);
    }
    if (engine.has_verdict()) {
      append(t, engine.verdict(), engine.basis(), engine.verdict_shrinking(), engine.verdict_client());
    } else if (engine.has_sized()) append(t, engine.sized());
  }

  // What is known when it has concluded: every limit that objected, then the lines. Told one by one, from `done` on, as
  // long as `room` says so; returns how many are told in all.
  template <class Room>
  std::size_t append_consequences(TimeNs t, const core::Engine& engine, std::size_t done, const Room& room) {
    const auto objections = engine.objections();
    const auto lines = engine.lines().subspan(engine.lines_before_verdict());
    for (; done < objections.size() + lines.size() && room(); ++done) {
      if (done < objections.size()) append(t, objections[done]);
      else append(t, lines[done - objections.size()]);
    }
    return done;
  }

private:
  template <class Carry>
  void put(RecordType type, const Carry& carry) {
    static_cast<Place*>(this)->put(type, carry);
  }
};

// How many records `append_consequences` has to tell.
inline std::size_t consequence_count(const core::Engine& engine) {
  return engine.objections().size() + engine.lines().size() - engine.lines_before_verdict();
}

}  // namespace bulwark::journal
