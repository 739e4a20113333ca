// SPDX-License-Identifier: Apache-2.0
// Puts the memory of orders in place before the hot loop comes there, on a thread of its own: a page that an order is
// the first to touch makes it wait for the kernel, milliseconds where pages are large, and the room for all that a
// session may have is half a gigabyte that most days never need.
#pragma once

#include <atomic>
#include <thread>

#include "core/engine.h"
#include "shm/layout.h"

namespace bulwark::process {

class RoomAhead {
public:
  // More than a loop takes in a round of this thread, and some stalls of it.
  static constexpr std::size_t orders_ahead = 1 << 16;

  // `used`: orders, as the loop says now and then. The engine has memory for `orders_ahead` more in place already.
  RoomAhead(const core::Engine& engine, const shm::AtomicWord& used);
  ~RoomAhead();

  void start();
  void stop();
  void work();  // one round

private:
  const core::Engine& engine_;
  const shm::AtomicWord& used_;
  std::size_t placed_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace bulwark::process
