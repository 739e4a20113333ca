// SPDX-License-Identifier: Apache-2.0
// The loop of the watchdog. Nothing in it touches a disk or waits for anybody.
#include "killswitch/watchdog.h"

#include <sys/mman.h>
#include <time.h>

#include <iostream>

#include "killswitch/priority.h"

namespace bulwark::kill {

static constexpr std::int64_t period_ns = 1'000'000;

Watchdog::Watchdog(shm::KillPage& page, const WatchdogSettings& settings)
    : page_(page),
      sidecar_(settings.run_folder + "/board"),
      lease_(milliseconds(settings.lease_ms)),
      latch_keeper_(page, settings.journal_directory),
      enforcer_(page, settings.run_folder, milliseconds(settings.kill_unacknowledged_ms)),
      enforces_(settings.kill_unacknowledged_ms > 0) {}

void Watchdog::tick(MonotonicNs now) {
  page_.watchdog_beat_ns.store(now.ns, std::memory_order_release);
  if (const auto cause = sidecar_.look()) {
    shm::StopDetails details;
    details.t = shm::wall_now();
    details.operator_name = Name::from("bulwark-watchdog");
    details.reason = *cause;
    const std::uint64_t epoch = shm::stop(page_, details);
    std::cerr << "bulwark-watchdog: stop " << epoch << ": " << cause->view() << std::endl;
  }
  lease_.renew(page_, sidecar_.facts(), now);
}

void Watchdog::run(const std::atomic<bool>& ending) {
  latch_keeper_.start();
  if (enforces_) enforcer_.start();
  ::mlockall(MCL_CURRENT);  // where it may: a page fault here is a late lease
  ask_for_priority();
  std::int64_t next = shm::monotonic_now().ns;
  while (!ending.load(std::memory_order_relaxed)) {
    const MonotonicNs now = shm::monotonic_now();
    tick(now);
    // After a delay it goes on from now: what was missed need not be made up for.
    next = next + period_ns > now.ns ? next + period_ns : now.ns + period_ns;
    const timespec until{next / 1'000'000'000, next % 1'000'000'000};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
  }
  page_.lease_until_ns.store(0, std::memory_order_release);
  latch_keeper_.finish_clean();
  page_.watchdog_pid.store(0, std::memory_order_release);
}

}  // namespace bulwark::kill
