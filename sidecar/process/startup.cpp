// SPDX-License-Identifier: Apache-2.0
// Locks, cores and memory of the sidecar process.
#include "sidecar/process/startup.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "shm/clock.h"

namespace bulwark::process {

namespace {

constexpr DurationNs kill_page_patience = milliseconds(5'000), jitter_span = milliseconds(200);

}  // namespace

InstanceLock::InstanceLock(const std::string& run_folder) {
  const std::string path = run_folder + "/sidecar.lock";
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (fd_ < 0) throw Refusal(1, path + ": cannot open the lock: " + std::strerror(errno));
  if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
  ::close(fd_);
  throw Refusal(4, "a sidecar of this instance is running already (" + path + " is locked)");
}

InstanceLock::~InstanceLock() { ::close(fd_); }

KillPageMapping wait_for_kill_page(const std::string& run_folder) {
  const std::string path = run_folder + "/kill";
  const MonotonicNs until = shm::monotonic_now() + kill_page_patience;
  while (true) {
    auto page = shm::attach<const shm::KillPage>(path, shm::Access::ReadOnly);
    if (page) return page;
    if (until < shm::monotonic_now()) {
      throw Refusal(1, "no kill page at " + path + ": " + std::string(shm::explain(page.status)) +
                           ". Start bulwark-watchdog with the same configuration first (`bulwark up` starts both)");
    }
    shm::nap(milliseconds(5));
  }
}

bool pin_to(int cpu) {
  if (cpu < 0) return true;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (cpu >= CPU_SETSIZE) return false;
  CPU_SET(static_cast<std::size_t>(cpu), &cores);
  return ::sched_setaffinity(0, sizeof cores, &cores) == 0;
}

DurationNs measure_jitter(int cpu) {
  DurationNs longest{0};
  std::thread probe([cpu, &longest] {
    pin_to(cpu);
    MonotonicNs last = shm::monotonic_now();
    const MonotonicNs until = last + jitter_span;
    while (last < until) {
      const MonotonicNs now = shm::monotonic_now();
      longest = std::max(longest, now - last);
      last = now;
    }
  });
  probe.join();
  return longest;
}

void settle_memory() {
  // Pages stay once they were touched; the engine's tables are large, and most of their pages never are.
  ::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  ::prctl(PR_SET_DUMPABLE, 0);  // the sanitizers look into their own process
#endif
}

}  // namespace bulwark::process
