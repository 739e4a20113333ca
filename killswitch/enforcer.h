// SPDX-License-Identifier: Apache-2.0
// Kills clients that do not acknowledge a stop in time, so that their connection to the venue drops. Only where the
// configuration wants it. A thread of its own, because it reads files.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <thread>

#include "shm/kill_page.h"

namespace bulwark::kill {

class Enforcer {
public:
  Enforcer(const shm::KillPage& page, std::string run_folder, DurationNs patience)
      : page_(page), folder_(std::move(run_folder)), patience_(patience) {}
  ~Enforcer();
  Enforcer(const Enforcer&) = delete;
  Enforcer& operator=(const Enforcer&) = delete;

  void start();

private:
  void look(MonotonicNs now);

  const shm::KillPage& page_;
  std::string folder_;
  DurationNs patience_;
  // Since when each process (pid, start time) has been silent about the stop of `epoch_`; a newcomer starts anew.
  std::map<std::pair<std::int32_t, std::uint64_t>, MonotonicNs> silent_since_;
  std::uint64_t epoch_ = 0;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace bulwark::kill
