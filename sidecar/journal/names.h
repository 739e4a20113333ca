// SPDX-License-Identifier: Apache-2.0
// The names behind the indices in a journal's records: of the configurations in force, and of clients as they came.
// Whoever shows records, or ships them, needs no engine for it. Cold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/names.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/journal/record.h"
#include "sidecar/journal/snapshot.h"

namespace bulwark::journal {

class RecordNames {
public:
  // Of a journal whose beginning retention has deleted they know what was named there. Throws JournalError.
  RecordNames(std::string directory, LoadRules load_rules);

  // To be told every record from the first one on that there is, in their order. Throws JournalError where a
  // configuration is missing.
  void follow(const Record& record);

  const core::Names& names() const { return names_; }
  // What was true before the first record that there is.
  const ReplayFacts& beginning() const { return beginning_; }
  // As the newest configuration that had it says; null: a limit of that index never was.
  const core::Limit* limit(LimitIndex index) const {
    return at(index) != 0 && at(index) < limits_.size() ? &limits_[at(index)] : nullptr;
  }

private:
  void take(const core::Rules& rules);

  std::string directory_;
  LoadRules load_rules_;
  ReplayFacts beginning_;
  core::Names names_;
  std::vector<core::Limit> limits_;  // by LimitIndex
  std::optional<Name> new_client_;   // taken into the names unless an error follows it
};

}  // namespace bulwark::journal
