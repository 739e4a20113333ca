// SPDX-License-Identifier: Apache-2.0
// What happens in a journal, counted as it is told: refusals by their reason, breaches and warnings by their limit.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace bulwark::metrics {

class Tally {
public:
  using Counts = std::map<std::string, std::uint64_t>;

  void count(const nlohmann::ordered_json& row);  // as view::Happenings tells it

  const Counts& rejects() const { return rejects_; }  // by the verdict's reason; of a limit its metric
  const Counts& resizes() const { return resizes_; }  // by the metric of the limit that asked for it
  const Counts& breaches() const { return breaches_; }
  const Counts& warnings() const { return warnings_; }

private:
  Counts rejects_, resizes_, breaches_, warnings_;
};

}  // namespace bulwark::metrics
