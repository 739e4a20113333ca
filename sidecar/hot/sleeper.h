// SPDX-License-Identifier: Apache-2.0
// The one place where the hot loop enters the kernel: it waits on Board::sleeping until a client wakes it, and never
// longer than half a millisecond, so that a wake-up lost in between costs no more than that.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace bulwark::hot {

inline constexpr std::int64_t nap_ns_max = 500'000;

inline void wait_for_wake(std::atomic<std::uint32_t>& sleeping) noexcept {
  const timespec timeout{0, nap_ns_max};
  ::syscall(SYS_futex, &sleeping, FUTEX_WAIT, 1, &timeout, nullptr, 0);  // not private: clients wake it
}

// From another thread of the sidecar; clients do the same.
inline void wake(std::atomic<std::uint32_t>& sleeping) noexcept {
  if (sleeping.load(std::memory_order_seq_cst) != 0) {
    ::syscall(SYS_futex, &sleeping, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }
}

}  // namespace bulwark::hot
