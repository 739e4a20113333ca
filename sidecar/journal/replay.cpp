// SPDX-License-Identifier: Apache-2.0
// Applying recorded events again, and holding what comes out against what was recorded.
#include "shm/decimal.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/journal/recovery.h"

namespace bulwark::journal {

namespace {

bool same(const Outcome& a, const Outcome& b) {
  if (a.error != b.error || a.has_verdict != b.has_verdict || a.has_sized != b.has_sized) return false;
  if (a.has_sized && !(a.sized == b.sized)) return false;
  if (!a.has_verdict) return true;
  const core::Verdict &v = a.verdict, &w = b.verdict;
  return v.decision == w.decision && v.reason == w.reason && v.has_on == w.has_on && v.limit == w.limit &&
         (!v.has_on || v.on == w.on) && v.quantity == w.quantity && v.value == w.value && v.max == w.max;
}

std::string describe(const Outcome& outcome) {
  if (outcome.error != core::EventError::None) {
    return "error " + std::to_string(static_cast<unsigned>(outcome.error));
  }
  if (outcome.has_sized) return "sized " + to_text(outcome.sized.quantity);
  if (!outcome.has_verdict) return "no verdict";
  const core::Verdict& v = outcome.verdict;
  std::string text(name_of(decision_names, v.decision));
  if (v.reason != Reason::None) text += " (" + std::string(name_of(reason_names, v.reason)) + ")";
  if (v.limit != LimitIndex::None) text += ", limit " + std::to_string(at(v.limit));
  text += ", quantity " + to_text(v.quantity);
  if (v.value.kind != ValueKind::Absent) text += ", value " + format_decimal(v.value.raw());
  if (v.max.kind != ValueKind::Absent) text += ", max " + format_decimal(v.max.raw());
  return text;
}

}  // namespace

void Replay::apply(const Record& record) {
  ended_clean = record.type == RecordType::End;
  if (is_event(record.type)) {
    apply_event(record);
    return;
  }
  last_t = std::max(last_t, record.note.t);
  switch (record.type) {
    case RecordType::Configuration: apply_configuration(record.note.a); break;
    case RecordType::Lease: lease_lapses = record.note.a; break;
    case RecordType::Stop: permission = record.note.a; break;
    default: break;
  }
}

void Replay::apply_configuration(std::uint64_t hash) {
  const core::Rules rules = load_rules_(read_configuration(directory_, hash));
  if (engine == nullptr) engine = std::make_unique<core::Engine>(rules);
  else engine->adopt(rules);
  configuration = hash;
}

void Replay::apply_event(const Record& record) {
  if (engine == nullptr) {
    throw JournalError("record " + std::to_string(record.sequence) + ": an event before the first configuration");
  }
  last_t = std::max(last_t, record.event.t);
  Outcome now{};
  now.error = engine->apply(record.event);
  now.has_verdict = now.error == core::EventError::None && engine->has_verdict();
  if (now.has_verdict) now.verdict = engine->verdict();
  now.has_sized = now.error == core::EventError::None && engine->has_sized();
  if (now.has_sized) now.sized = engine->sized();
  if (same(now, record.outcome)) return;
  throw JournalError("record " + std::to_string(record.sequence) +
                     ": replaying the journal gives another decision than the one recorded: recorded " +
                     describe(record.outcome) + "; now " + describe(now) +
                     ". This build does not decide as the one that wrote the journal");
}

}  // namespace bulwark::journal
