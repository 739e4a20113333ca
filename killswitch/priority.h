// SPDX-License-Identifier: Apache-2.0
// Real-time priority for those who mostly sleep and must not wait when they wake: the watchdog's loop and killswitch.
#pragma once

#include <sched.h>
#include <sys/resource.h>

namespace bulwark::kill {

// Of the calling thread; threads and processes that it makes are ordinary ones. Without the right to it, none: what
// runs at the ordinary priority is later under load, not wrong.
inline void ask_for_priority() {
  const sched_param wanted{.sched_priority = 10};
  if (::sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &wanted) != 0) ::setpriority(PRIO_PROCESS, 0, -20);
}

}  // namespace bulwark::kill
