// SPDX-License-Identifier: Apache-2.0
#include "sidecar/view/happenings.h"

#include <utility>

#include "sidecar/simulate/recorded_rules.h"

namespace bulwark::view {

using journal::RecordType;

static const RecordType control = journal::record_type(core::EventType::Control);
static const RecordType equity = journal::record_type(core::EventType::Equity);

static bool asked_by_persons(const journal::Record& record) {
  return record.type == RecordType::Remark || record.type == control || record.type == equity;
}

static bool wanted(const journal::Record& record) {
  switch (record.type) {
    case RecordType::Verdict: return record.verdict.decision != Decision::Accepted;
    case RecordType::Line:
    case RecordType::Start:
    case RecordType::End:
    case RecordType::Lease:
    case RecordType::Stop:
    case RecordType::ClientStop:
    case RecordType::Configuration: return true;
    default: return asked_by_persons(record);
  }
}

Happenings::Happenings(std::string journal_directory, std::uint64_t from)
    : from_(from),
      reader_(journal_directory, 1, journal::Reading::AsItGrows),
      json_(journal_directory, simulate::recorded_rules) {}

void Happenings::tell_held(const Tell& tell) {
  for (const Held& held : std::exchange(held_, {})) tell(held.row);
}

// The remark before a change of equity says who asked for it, and why: without the change it is not to be told either.
void Happenings::drop_refused() {
  if (held_.empty() || held_.back().type == RecordType::Remark) return;
  const bool named =
      held_.back().type == equity && held_.size() > 1 && held_[held_.size() - 2].type == RecordType::Remark;
  held_.resize(held_.size() - (named ? 2 : 1));
}

void Happenings::take(const journal::Record& record, const Tell& tell) {
  json_.pass(record);
  sequence_ = record.sequence;
  if (record.type == RecordType::Error) drop_refused();
  const bool of_remark = record.type == equity && !held_.empty() && held_.back().type == RecordType::Remark;
  if (!of_remark) tell_held(tell);
  if (record.sequence < from_ || !wanted(record)) return;
  nlohmann::ordered_json row = json_.words(record);
  if (record.type == RecordType::Verdict) row["asked"] = json_.asked();
  if (asked_by_persons(record)) held_.push_back({record.sequence, record.type, std::move(row)});
  else tell(row);
}

bool Happenings::follow(const Tell& tell, std::uint64_t most) {
  try {
    const std::uint64_t before = sequence_;
    bool at_end = false;
    for (journal::Record record; most > 0; --most) {
      at_end = !reader_.next(record);
      if (at_end) break;
      take(record, tell);
    }
    // A record and its refusal are written together: what was the last one at the last call too was not refused.
    if (at_end && sequence_ == before) tell_held(tell);
    why_not_ = reader_.ending().kind == journal::EndKind::Damaged ? reader_.ending().text() : "";
  } catch (const std::exception& error) {
    why_not_ = error.what();
  }
  return why_not_.empty();
}

}  // namespace bulwark::view
