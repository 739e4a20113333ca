// SPDX-License-Identifier: Apache-2.0
// The options of `bulwark risk` that belong to one WHAT alone: kelly, stress, regime.
#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}
namespace bulwark::risk {
struct Request;
}

namespace bulwark::command {

// What becomes part of the request only once all options are known (risk_limit.h).
struct RiskWords {
  std::optional<std::string> reverse;
  std::string config;
};

void add_risk_options(CLI::App& command, risk::Request& request, RiskWords& words);

}  // namespace bulwark::command
