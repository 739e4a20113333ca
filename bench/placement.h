// SPDX-License-Identifier: Apache-2.0
// Where the two processes run, and with which right to their cores.
#pragma once

#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace bulwark::bench {

struct Placement {
  int asking_cpu = 0, answering_cpu = 1;
  bool fifo = false;  // SCHED_FIFO was asked for

  // Of the calling thread: pinned, memory kept in place, ahead of others as far as permitted. Says what was obtained.
  std::string settle(int cpu) const {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(static_cast<std::size_t>(cpu), &cores);
    if (::sched_setaffinity(0, sizeof cores, &cores) != 0) {
      throw std::runtime_error("this process may not run on core " + std::to_string(cpu));
    }
    ::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
    return go_ahead(50);
  }

  // A thread that works now and then must not wait for one that spins: at least the same right, wherever there is room.
  void settle_helper() const { go_ahead(51); }

  // The cores that this process may run on.
  static std::vector<int> permitted() {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    std::vector<int> result;
    if (::sched_getaffinity(0, sizeof cores, &cores) != 0) return result;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(static_cast<std::size_t>(cpu), &cores)) result.push_back(cpu);
    }
    return result;
  }

private:
  std::string go_ahead(int priority) const {
    if (fifo) {
      const sched_param parameters{priority};
      const bool obtained = ::sched_setscheduler(0, SCHED_FIFO, &parameters) == 0;
      return obtained ? "SCHED_FIFO" : "normal class (SCHED_FIFO is not permitted)";
    }
    return ::setpriority(PRIO_PROCESS, 0, -20) == 0 ? "normal class, nice -20" : "normal class";
  }
};

}  // namespace bulwark::bench
