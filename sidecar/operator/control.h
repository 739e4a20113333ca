// SPDX-License-Identifier: Apache-2.0
// `bulwark control` and `bulwark equity`: the events of a person (contract, section 3), live. What each asks of the
// running sidecar is in control.cpp, its command line in control_arguments.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "killswitch/door.h"

namespace CLI {
class App;
}

namespace bulwark::command {

struct ControlOptions {
  std::string config, instance;
  std::string operator_name, reason;
  std::vector<std::string> on;
  bool new_baseline = false;
  std::string stage;              // of a resume
  std::string limit, max, until;  // of an override
  std::uint64_t proposal = 0;     // of a confirm
  std::string account, amount;    // of `equity`
  bool json = false;
};

void add_control_commands(CLI::App& app, std::function<int()>& chosen);

int control_halt(const ControlOptions& options);
int control_reduce_only(const ControlOptions& options);
int control_resume(const ControlOptions& options);
int control_override(const ControlOptions& options);
int control_liquidate(const ControlOptions& options);
int control_confirm(const ControlOptions& options);
int equity(const ControlOptions& options);

// A line of the sidecar's answer for people: an event of the contract as a sentence, anything else as it is.
std::string sentence_of(const std::string& line);

// What an operator has to do where something waits for a second one.
std::string how_to_confirm(const kill::DoorAnswer& answer, const std::string& instance);

}  // namespace bulwark::command
