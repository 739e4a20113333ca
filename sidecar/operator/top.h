// SPDX-License-Identifier: Apache-2.0
// `bulwark top`: how an instance stands, in a terminal, again and again.
#pragma once

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace bulwark::command {

struct TopOptions {
  std::string config, instance;
  bool once = false, json = false, no_colour = false;
  int interval_ms = 500;
};

void add_top_command(CLI::App& app, std::function<int()>& chosen);
int top(const TopOptions& options);

}  // namespace bulwark::command
