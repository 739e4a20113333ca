// SPDX-License-Identifier: Apache-2.0
// What happens in a journal that people want to know of, as `bulwark journal --json` says it: refusals, breaches,
// states, stops, what persons did, lapses of the lease. Accepted orders, fills and marks are none, nor is what persons
// asked for and the engine refused. Cold.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sidecar/journal/reader.h"
#include "sidecar/simulate/record_json.h"

namespace bulwark::view {

class Happenings {
public:
  // Of the records from that one on.
  Happenings(std::string journal_directory, std::uint64_t from);

  // Tells each that has come since the last call, in order; a refusal has what was asked as `asked`. False: the journal
  // is damaged, or its configurations are not there; `why_not` says where. At most so many records are looked at.
  // What a person did is told when the record behind it shows that it was not refused, or at the second call that finds
  // none.
  using Tell = std::function<void(const nlohmann::ordered_json&)>;
  bool follow(const Tell& tell, std::uint64_t most = UINT64_MAX);
  const std::string& why_not() const { return why_not_; }
  // The last record that was looked at, and is not held back: a reader that is made anew begins behind it.
  std::uint64_t sequence() const { return held_.empty() ? sequence_ : held_.front().sequence - 1; }

private:
  struct Held {
    std::uint64_t sequence;
    journal::RecordType type;
    nlohmann::ordered_json row;
  };
  void take(const journal::Record& record, const Tell& tell);
  void drop_refused();
  void tell_held(const Tell& tell);

  std::uint64_t from_, sequence_ = 0;
  journal::JournalReader reader_;
  simulate::RecordJson json_;
  std::vector<Held> held_;  // until it is known that it was not refused
  std::string why_not_;
};

}  // namespace bulwark::view
