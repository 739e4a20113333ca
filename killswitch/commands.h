// SPDX-License-Identifier: Apache-2.0
// The four commands of `killswitch`. Each prints its result and returns the exit code of the contract.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "killswitch/instance.h"

namespace bulwark::kill {

struct StopOptions {
  std::string reason, operator_name;
  std::vector<std::string> on;
  std::int64_t timeout_ms = 1000;
  bool json = false;
};
int stop_instance(const Instance& instance, const StopOptions& options);

struct ResumeOptions {
  std::string reason, operator_name;
  std::vector<std::string> on;
  bool new_baseline = false;
};
int resume_instance(const Instance& instance, const ResumeOptions& options);

int show_status(const Instance& instance, bool json);

struct DrillOptions {
  std::int64_t trials = 20;
  std::int64_t timeout_ms = 1000;
  bool json = false;
};
int drill_instance(const Instance& instance, const DrillOptions& options);

}  // namespace bulwark::kill
