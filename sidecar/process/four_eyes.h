// SPDX-License-Identifier: Apache-2.0
// What loosens a limit and waits for a second operator: kept for ten minutes, in memory alone, so that a sidecar that
// ends forgets it. What is proposed is what is carried out, whatever the file says by then. Cold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shm/layout.h"
#include "sidecar/config/settings.h"

namespace bulwark::process {

struct Proposal {
  std::uint64_t number = 0;  // of its record in the journal, so that no two lives of the sidecar use one twice
  MonotonicNs expires{};
  shm::ControlRequest request{};  // Override or Reload, with the name and the reason of who proposed it
  std::string what;
  config::Settings before, after;  // of a reload
};

class FourEyes {
public:
  static constexpr DurationNs patience = milliseconds(600'000);
  static constexpr std::size_t waiting_max = 16;

  bool full() const { return waiting_.size() >= waiting_max; }
  void add(Proposal proposal, MonotonicNs now);

  // The proposal, which then waits no more; nothing, and why not.
  std::optional<Proposal> take(std::uint64_t number, std::string_view operator_name, MonotonicNs now,
                               std::string& why_not);
  // Those whose time is over.
  std::vector<Proposal> take_expired(MonotonicNs now);

private:
  std::vector<Proposal> waiting_;
};

}  // namespace bulwark::process
