// SPDX-License-Identifier: Apache-2.0
// A sidecar without its door and its files: the real engine, hot loop, board and journal ring, and a thread that drains
// the ring as often as the journal's writer does. It lives in the answering process of the harness.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>

#include "bench/placement.h"
#include "core/engine.h"
#include "shm/layout.h"
#include "sidecar/hot/board.h"
#include "sidecar/hot/calls.h"
#include "sidecar/hot/loop.h"
#include "sidecar/journal/ring.h"

namespace bulwark::bench {

class SidecarSide {
public:
  explicit SidecarSide(const Placement& placement);
  ~SidecarSide();
  SidecarSide(const SidecarSide&) = delete;
  SidecarSide& operator=(const SidecarSide&) = delete;

  // Serves this lane, emptied, from now on. A day later, where the orders of this day would soon be too many.
  hot::Loop& begin(shm::Lane& lane, std::uint64_t orders);

private:
  void make_loop(journal::RingCursor start);
  void start_next_day();
  void drain();

  const Placement placement_;
  core::Rules rules_;
  core::Engine engine_;
  void* ring_memory_;
  shm::KillPage page_{};
  std::unique_ptr<hot::BoardPublisher> board_;
  std::unique_ptr<hot::Calls> calls_;
  std::optional<hot::Loop> loop_;
  std::int64_t epoch_offset_ns_;
  std::uint64_t orders_today_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> ends_drained_{0};
  std::uint64_t ends_ = 0;
  std::thread drain_;
};

}  // namespace bulwark::bench
