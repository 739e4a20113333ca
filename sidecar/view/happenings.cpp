// SPDX-License-Identifier: Apache-2.0
#include "sidecar/view/happenings.h"

#include "sidecar/simulate/recorded_rules.h"

namespace bulwark::view {

using journal::RecordType;

static bool wanted(const journal::Record& record) {
  switch (record.type) {
    case RecordType::Verdict: return record.verdict.decision != Decision::Accepted;
    case RecordType::Line:
    case RecordType::Start:
    case RecordType::End:
    case RecordType::Lease:
    case RecordType::Stop:
    case RecordType::ClientStop:
    case RecordType::Configuration:
    case RecordType::Remark: return true;
    default:
      return record.type == journal::record_type(core::EventType::Control) ||
             record.type == journal::record_type(core::EventType::Equity);
  }
}

Happenings::Happenings(std::string journal_directory, std::uint64_t from)
    : from_(from),
      reader_(journal_directory, 1, journal::Reading::AsItGrows),
      json_(journal_directory, simulate::recorded_rules) {}

bool Happenings::follow(const std::function<void(const nlohmann::ordered_json&)>& tell, std::uint64_t most) {
  try {
    for (journal::Record record; most > 0 && reader_.next(record); --most) {
      json_.pass(record);
      sequence_ = record.sequence;
      if (record.sequence < from_ || !wanted(record)) continue;
      nlohmann::ordered_json row = json_.words(record);
      if (record.type == RecordType::Verdict) row["asked"] = json_.asked();
      tell(row);
    }
    why_not_ = reader_.ending().kind == journal::EndKind::Damaged ? reader_.ending().text() : "";
  } catch (const std::exception& error) {
    why_not_ = error.what();
  }
  return why_not_.empty();
}

}  // namespace bulwark::view
