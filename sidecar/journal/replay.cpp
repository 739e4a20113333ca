// SPDX-License-Identifier: Apache-2.0
// Applying recorded events again, and holding what comes out against what was recorded.
#include "sidecar/journal/replay.h"

#include "core/state/words.h"
#include "shm/decimal.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/journal/kept.h"
#include "sidecar/journal/reader.h"

namespace bulwark::journal {

namespace {

std::string describe_verdict(const core::Verdict& v) {
  std::string text(name_of(decision_names, v.decision));
  if (v.reason != Reason::None) text += " (" + std::string(name_of(reason_names, v.reason)) + ")";
  if (v.limit != LimitIndex::None) text += ", limit " + std::to_string(at(v.limit));
  text += ", quantity " + to_text(v.quantity);
  if (v.value.kind != ValueKind::Absent) text += ", value " + format_decimal(v.value.raw());
  if (v.max.kind != ValueKind::Absent) text += ", max " + format_decimal(v.max.raw());
  return text;
}

std::string describe(const Record& record) {
  switch (record.type) {
    case RecordType::Error: return "error " + std::to_string(static_cast<unsigned>(record.error));
    case RecordType::Verdict: return describe_verdict(record.verdict);
    case RecordType::Objection: return "an objection of limit " + std::to_string(at(record.objection.limit));
    case RecordType::Sized: return "sized " + to_text(record.sized.quantity);
    case RecordType::Line:
      return "a line of type " + std::to_string(static_cast<unsigned>(record.line.type)) + ", limit " +
             std::to_string(at(record.line.limit)) + ", id \"" + std::string(record.line.id.view()) + "\"";
    default: return "nothing";
  }
}

std::string describe(std::span<const Encoded> outputs) {
  Record record{};
  if (outputs.empty()) return "nothing more";
  decode({0, outputs[0].count, outputs[0].type}, outputs[0].words(), record);
  return describe(record);
}

[[noreturn]] void fail(std::uint64_t event, const std::string& recorded, const std::string& now) {
  throw JournalError("record " + std::to_string(event) +
                     ": replaying the journal gives another decision than the one recorded: recorded " + recorded +
                     "; now " + now + ". This build does not decide as the one that wrote the journal");
}

}  // namespace

Replay::Replay(std::string directory, LoadRules load_rules, const std::string& snapshot)
    : Replay(std::move(directory), std::move(load_rules)) {
  const SnapshotHeader header = read_snapshot_header(snapshot);
  const std::vector<std::byte> state = read_snapshot_state(snapshot, header);
  static_cast<ReplayFacts&>(*this) = header.facts;
  load(state);
  digest_ = {sequence, header.digest[0]};
}

Replay Replay::copy() const {
  Replay other(directory_, load_rules_);
  static_cast<ReplayFacts&>(other) = *this;
  other.digest_ = digest_;
  if (engine == nullptr) return other;
  std::vector<std::byte> state;
  core::StateWriter words(
      [&](std::span<const std::byte> bytes) { state.insert(state.end(), bytes.begin(), bytes.end()); });
  engine->save(words);
  other.load(state);
  return other;
}

void Replay::load(std::span<const std::byte> state) {
  core::StateReader words(state);
  engine = std::make_unique<core::Engine>(load_rules_(read_configuration(directory_, configuration)), core::Capacity{},
                                          words);
}

void Replay::apply(const Record& record) {
  sequence = record.sequence;
  ended_clean = record.type == RecordType::End ? 1 : 0;
  last_t = std::max(last_t, record.t);
  if (is_output(record.type)) return compare(record);
  if (!missing().empty()) fail(event_, "nothing more", describe(missing()));
  if (is_event(record.type)) return apply_event(record);
  switch (record.type) {
    case RecordType::Configuration: apply_configuration(record.note.a); break;
    case RecordType::Lease: lease_lapses = record.note.a; break;
    case RecordType::Stop: permission = record.note.a; break;
    case RecordType::Snapshot: apply_snapshot(record.note); break;
    default: break;
  }
}

// Where a snapshot is taken the state's digest is worked out; where it is told, it has to be that one.
void Replay::apply_snapshot(const Note& note) {
  if (engine == nullptr) return;
  if (note.a == 0) digest_ = {sequence, state_digest(*engine)[0]};
  else if (digest_ && digest_->sequence == note.a && digest_->begin != note.b) {
    throw JournalError(
        "record " + std::to_string(note.a) +
        ": replaying the journal comes to another state than the one that was recorded there. This build "
        "does not decide as the one that wrote the journal");
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
  event_ = record.sequence;
  told_ = 0;
  expected_.records.clear();
  expected_.append_outputs(record.t, engine->apply(record.event), *engine);
}

void Replay::compare(const Record& output) {
  recorded_.records.clear();
  recorded_.append_output(output);
  if (missing().empty() || missing()[0] != recorded_.records[0]) fail(event_, describe(output), describe(missing()));
  ++told_;
}

// Does the journal hold the block that the snapshot was taken at?
static bool is_of(const std::string& directory, const SnapshotHeader& header) {
  BlockReader reader(directory, header.facts.sequence);
  return reader.next() && reader.journal() == header.journal && reader.block().first <= header.facts.sequence &&
         reader.block().hash == header.chain;
}

Replay newest_replay(const std::string& directory, const LoadRules& load_rules, std::vector<std::string>& remarks) {
  for (const std::string& snapshot : snapshot_files(directory)) {
    try {
      if (is_of(directory, read_snapshot_header(snapshot))) return Replay(directory, load_rules, snapshot);
      remarks.push_back(snapshot + ": this snapshot does not belong to this journal; it is passed over");
    } catch (const std::exception& error) {
      remarks.push_back(std::string(error.what()) + "; this snapshot is passed over (" + snapshot + ")");
    }
  }
  return replay_from_beginning(directory, load_rules);
}

}  // namespace bulwark::journal
