// SPDX-License-Identifier: Apache-2.0
// `bulwark risk`: the analytics on files.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace bulwark::command {

void add_risk_command(CLI::App& app, std::function<int()>& chosen);

}  // namespace bulwark::command
