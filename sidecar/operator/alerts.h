// SPDX-License-Identifier: Apache-2.0
// `bulwark alerts`: are destinations reached, what stands, and who has seen it.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace bulwark::command {

void add_alerts_commands(CLI::App& app, std::function<int()>& chosen);

}  // namespace bulwark::command
