// SPDX-License-Identifier: Apache-2.0
// The kill page as the watchdog finds or makes it, and the right to be the only watchdog of an instance.
#pragma once

#include <string>

#include "shm/mapping.h"

namespace bulwark::kill {

struct WatchdogSettings {
  std::string instance;
  std::string run_folder;         // RUN/NAME
  std::string journal_directory;  // absolute
  std::int64_t lease_ms = 40;
  std::int64_t kill_unacknowledged_ms = 0;  // 0: never
  std::int32_t up_pid = 0;
};

// Held for as long as it lives; the kernel lets go of it when the process dies, however it dies.
class WatchdogLock {
public:
  explicit WatchdogLock(const std::string& run_folder);  // throws Refusal (4), naming the process that holds it
  ~WatchdogLock();
  WatchdogLock(const WatchdogLock&) = delete;
  WatchdogLock& operator=(const WatchdogLock&) = delete;

private:
  int fd_;
};

// Makes RUN/NAME/kill, or takes over the one that an earlier watchdog left. Without a lease in either case, and stopped
// unless the latch says that the instance may trade. Throws Refusal or std::system_error.
shm::Mapping<shm::KillPage> open_kill_page(const WatchdogSettings& settings);

}  // namespace bulwark::kill
