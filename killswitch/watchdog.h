// SPDX-License-Identifier: Apache-2.0
// The watchdog: each millisecond it looks at the sidecar, stops where it must, and renews the lease where it may.
#pragma once

#include <atomic>

#include "killswitch/enforcer.h"
#include "killswitch/kill_page_file.h"
#include "killswitch/latch_keeper.h"
#include "killswitch/lease.h"
#include "killswitch/sidecar_watch.h"

namespace bulwark::kill {

class Watchdog {
public:
  Watchdog(shm::KillPage& page, const WatchdogSettings& settings);

  // Until `ending`; then without a lease, and with a latch that says that the end was a clean one.
  void run(const std::atomic<bool>& ending);

private:
  void tick(MonotonicNs now);

  shm::KillPage& page_;
  SidecarWatch sidecar_;
  Lease lease_;
  LatchKeeper latch_keeper_;
  Enforcer enforcer_;
  bool enforces_;
};

}  // namespace bulwark::kill
