// SPDX-License-Identifier: Apache-2.0
// What the sidecar needs of the machine before it may answer anybody: that it is the only one, a kill page, a core that
// is quiet enough, memory that stays in place. Cold.
#pragma once

#include <stdexcept>
#include <string>

#include "shm/kill_page.h"
#include "shm/mapping.h"

namespace bulwark::process {

// Why the sidecar does not start or go on, and the exit code that says so (1, 2 or 4).
class Refusal : public std::runtime_error {
public:
  Refusal(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
  int code() const { return code_; }

private:
  int code_;
};

// One sidecar for an instance: held until the process ends, however it ends.
class InstanceLock {
public:
  explicit InstanceLock(const std::string& run_folder);
  ~InstanceLock();
  InstanceLock(const InstanceLock&) = delete;
  InstanceLock& operator=(const InstanceLock&) = delete;

private:
  int fd_;
};

using KillPageMapping = shm::Mapping<const shm::KillPage>;

// Waits a few seconds for the watchdog to make it.
KillPageMapping wait_for_kill_page(const std::string& run_folder);

// The longest time that a thread of this process, on that core, was kept from running during a fifth of a second.
DurationNs measure_jitter(int cpu);

// -1: any core. False: the machine has no such core, or does not allow it.
bool pin_to(int cpu);

// Keeps this process's memory in place, where it may, and its contents to itself.
void settle_memory();

}  // namespace bulwark::process
