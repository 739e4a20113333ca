// SPDX-License-Identifier: Apache-2.0
// The three calls of the C library that a simulated machine answers itself.
#include "tests/simulation/machine.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

using bulwark::test::Machine;

extern "C" {

int clock_gettime(clockid_t clock, struct timespec* now) noexcept {
  constexpr std::int64_t second = 1'000'000'000;
  if (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME)
    return static_cast<int>(::syscall(SYS_clock_gettime, clock, now));
  const std::int64_t ns = Machine::monotonic_ns + (clock == CLOCK_REALTIME ? Machine::wall_ahead_ns : 0);
  now->tv_sec = ns / second;
  now->tv_nsec = ns % second;
  return 0;
}

// Whoever sleeps lets time pass.
int clock_nanosleep(clockid_t, int flags, const struct timespec* span, struct timespec*) {
  if ((flags & TIMER_ABSTIME) == 0) Machine::monotonic_ns += span->tv_sec * 1'000'000'000 + span->tv_nsec;
  return 0;
}

// A ring of 64 MiB for each life would cost more than the life: its pages come when they are touched.
int posix_fallocate(int fd, off_t, off_t bytes) { return ::ftruncate(fd, bytes) == 0 ? 0 : errno; }
}
