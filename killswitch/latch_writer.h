// SPDX-License-Identifier: Apache-2.0
// Writes the latch from a process of its own: a busy disk may take many seconds, and neither the clients' answers nor
// the person who pulled the stop wait for it. The watchdog writes it too; this is for the case that it is dead or
// frozen.
#pragma once

#include <sys/types.h>

#include <string>

#include "shm/kill_page.h"

namespace bulwark::kill {

class LatchWriter {
public:
  explicit LatchWriter(const shm::KillPage& page);  // begins at once, and goes on after our end

  // Empty: it is on disk. Else why not, or not yet.
  std::string wait(DurationNs patience);

private:
  pid_t writer_;
};

}  // namespace bulwark::kill
