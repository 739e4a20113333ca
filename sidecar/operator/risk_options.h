// SPDX-License-Identifier: Apache-2.0
// The options of `bulwark risk` that belong to one WHAT alone: kelly, stress, regime.
#pragma once

namespace CLI {
class App;
}
namespace bulwark::risk {
struct Request;
}

namespace bulwark::command {

void add_risk_options(CLI::App& command, risk::Request& request);

}  // namespace bulwark::command
