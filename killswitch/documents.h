// SPDX-License-Identifier: Apache-2.0
// What the commands print with --json, for those who show it elsewhere.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "killswitch/commands.h"

namespace bulwark::kill {

nlohmann::ordered_json status_json(const Instance& instance);

// {"pid", "url"} of the web console that runs in a run folder. Null: none does.
nlohmann::ordered_json console_json(const std::string& folder);

// A stop, carried out and waited for.
struct Stopped {
  bool whole = false;                // every client acknowledged, and what was to be sold is being sold
  nlohmann::ordered_json document;   // what `stop --json` prints
  std::vector<std::string> remarks;  // what did not go as it was meant, a sentence each
};
// Throws Refusal where what is asked for makes no sense; then nothing was stopped.
Stopped stop_trading(const Instance& instance, const StopOptions& options);

// What `resume --json` prints.
nlohmann::ordered_json resumed_json(const Instance& instance, const ResumeOptions& options, const Resumed& resumed);

}  // namespace bulwark::kill
