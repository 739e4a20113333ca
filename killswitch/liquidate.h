// SPDX-License-Identifier: Apache-2.0
// The second half of `stop --liquidate`: the sidecar is asked to bring what was stopped down to nothing. The stop holds
// whatever comes of it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "killswitch/instance.h"
#include "killswitch/scope.h"

namespace bulwark::kill {

struct Liquidation {
  bool begun = false;
  std::vector<std::string> lines;  // what it brought about, as lines of the contract's events; or why it has not begun

  std::string text() const;
  nlohmann::ordered_json json() const;
};

Liquidation begin_liquidation(const Instance& instance, const StopScope& scope, const shm::StopDetails& stop);

}  // namespace bulwark::kill
