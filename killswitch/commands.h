// SPDX-License-Identifier: Apache-2.0
// The four commands of `killswitch`. Each prints its result and returns the exit code of the contract.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "killswitch/instance.h"
#include "killswitch/refusal.h"

namespace bulwark::kill {

struct StopOptions {
  std::string reason, operator_name;
  std::vector<std::string> on;
  std::int64_t timeout_ms = 1000;
  bool liquidate = false;
  bool json = false;
};
int stop_instance(const Instance& instance, const StopOptions& options);

struct ResumeOptions {
  std::string reason, operator_name;
  std::vector<std::string> on;
  bool new_baseline = false;
  std::optional<ResumeStage> stage;  // not named: full
  bool json = false;
};
// What came of it, for people, and the lines that the sidecar had to say.
struct Resumed {
  std::string sentence;
  std::vector<std::string> lines;
};
// Checks that fail, a sentence each.
class NotResumed : public Refusal {
public:
  explicit NotResumed(std::vector<std::string> failing);
  const std::vector<std::string>& failing() const { return failing_; }

private:
  std::vector<std::string> failing_;
};
// Throws NotResumed, or another Refusal where what is asked for makes no sense.
Resumed resume_trading(const Instance& instance, const ResumeOptions& options);
// The checks that would fail now; nothing is changed.
std::vector<std::string> failing_checks(const Instance& instance, const ResumeOptions& options);
int resume_instance(const Instance& instance, const ResumeOptions& options);

int show_status(const Instance& instance, bool json);

struct DrillOptions {
  std::int64_t trials = 20;
  std::int64_t timeout_ms = 1000;
  bool json = false;
};
int drill_instance(const Instance& instance, const DrillOptions& options);

}  // namespace bulwark::kill
