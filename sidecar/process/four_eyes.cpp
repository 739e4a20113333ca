// SPDX-License-Identifier: Apache-2.0
#include "sidecar/process/four_eyes.h"

#include <algorithm>
#include <cctype>

namespace bulwark::process {

// "Ada", "ada " and "ADA" are one person.
static bool same_person(std::string_view a, std::string_view b) {
  const auto plain = [](std::string_view name) {
    std::string result;
    for (const char c : name) {
      if (c != ' ') result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return result;
  };
  return plain(a) == plain(b);
}

void FourEyes::add(Proposal proposal, MonotonicNs now) {
  proposal.expires = now + patience;
  waiting_.push_back(std::move(proposal));
}

std::optional<Proposal> FourEyes::take(std::uint64_t number, std::string_view operator_name, MonotonicNs now,
                                       std::string& why_not) {
  const auto found =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const Proposal& each) { return each.number == number; });
  if (found == waiting_.end() || found->expires <= now) {
    why_not = "nothing waits under the number " + std::to_string(number) +
              "; a proposal lapses after 10 minutes, and "
              "with its sidecar";
    return {};
  }
  if (same_person(found->request.operator_name.view(), operator_name)) {
    why_not = std::string(operator_name) + " proposed it; somebody else has to confirm it";
    return {};
  }
  Proposal proposal = std::move(*found);
  waiting_.erase(found);
  return proposal;
}

std::vector<Proposal> FourEyes::take_expired(MonotonicNs now) {
  std::vector<Proposal> expired;
  for (Proposal& each : waiting_) {
    if (each.expires <= now) expired.push_back(std::move(each));
  }
  std::erase_if(waiting_, [now](const Proposal& each) { return each.expires <= now; });
  return expired;
}

}  // namespace bulwark::process
