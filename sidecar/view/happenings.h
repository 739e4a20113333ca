// SPDX-License-Identifier: Apache-2.0
// What happens in a journal that people want to know of, as `bulwark journal --json` says it: refusals, breaches,
// states, stops, what persons did, lapses of the lease. Accepted orders, fills and marks are none. Cold.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "sidecar/journal/reader.h"
#include "sidecar/simulate/record_json.h"

namespace bulwark::view {

class Happenings {
public:
  // Of the records from that one on.
  Happenings(std::string journal_directory, std::uint64_t from);

  // Tells each that has come since the last call, in order; a refusal has what was asked as `asked`. False: the journal
  // is damaged, or its configurations are not there; `why_not` says where. At most so many records are looked at.
  bool follow(const std::function<void(const nlohmann::ordered_json&)>& tell, std::uint64_t most = UINT64_MAX);
  const std::string& why_not() const { return why_not_; }
  std::uint64_t sequence() const { return sequence_; }  // of the last record that was looked at

private:
  std::uint64_t from_, sequence_ = 0;
  journal::JournalReader reader_;
  simulate::RecordJson json_;
  std::string why_not_;
};

}  // namespace bulwark::view
