// SPDX-License-Identifier: Apache-2.0
#include "sidecar/process/room_ahead.h"

#include <pthread.h>

#include <algorithm>

#include "shm/clock.h"

namespace bulwark::process {

static constexpr DurationNs round_interval = milliseconds(20);
static constexpr std::size_t orders_at_once = 1 << 13;

RoomAhead::RoomAhead(const core::Engine& engine, const shm::AtomicWord& used)
    : engine_(engine),
      used_(used),
      placed_(std::min(engine.orders().used() + orders_ahead, engine.orders().capacity())) {}

RoomAhead::~RoomAhead() { stop(); }

void RoomAhead::start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "bw-room");
    while (!stopping_.load(std::memory_order_relaxed)) {
      work();
      shm::nap(round_interval);
    }
  });
}

void RoomAhead::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  if (thread_.joinable()) thread_.join();
}

void RoomAhead::work() {
  // Relaxed: only a number; no memory that the loop has written is looked at.
  const std::size_t used = used_.load(std::memory_order_relaxed);
  const std::size_t wanted = std::min(used + orders_ahead, engine_.orders().capacity());
  while (placed_ < wanted && !stopping_.load(std::memory_order_relaxed)) {
    const std::size_t next = std::min(placed_ + orders_at_once, engine_.orders().capacity());
    engine_.orders().populate(placed_, next);
    placed_ = next;
  }
}

}  // namespace bulwark::process
