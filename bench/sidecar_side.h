// SPDX-License-Identifier: Apache-2.0
// A sidecar without its door: the real engine, hot loop, board, journal ring, and the journal's writer with files of
// its own. It lives in the answering process of the harness.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bench/placement.h"
#include "bench/unjournaled_loop.h"
#include "core/engine.h"
#include "shm/layout.h"
#include "sidecar/hot/board.h"
#include "sidecar/hot/calls.h"
#include "sidecar/hot/loop.h"
#include "sidecar/journal/ring.h"
#include "sidecar/journal/writer.h"

namespace bulwark::bench {

class SidecarSide {
public:
  explicit SidecarSide(const Placement& placement);
  ~SidecarSide();
  SidecarSide(const SidecarSide&) = delete;
  SidecarSide& operator=(const SidecarSide&) = delete;

  // Serves this lane, emptied, from now on. A day later, where the orders of this day would soon be too many.
  hot::Loop& begin(shm::Lane& lane, std::uint64_t orders);
  // Serves that lane without a journal, until the next `begin`.
  UnjournaledLoop unjournaled(shm::Lane& lane) { return {*loop_, page_, lane}; }

private:
  void make_loop(journal::RingCursor start);
  void start_next_day();
  void begin_journal();
  void remove_closed_files() const;

  core::Rules rules_;
  core::Engine engine_;
  void* ring_memory_;
  shm::KillPage page_{};
  std::unique_ptr<hot::BoardPublisher> board_;
  std::unique_ptr<hot::Calls> calls_;
  std::optional<hot::Loop> loop_;
  std::int64_t epoch_offset_ns_;
  std::uint64_t orders_today_ = 0;
  std::string folder_;  // of the journal
  std::unique_ptr<journal::JournalWriter> writer_;
};

}  // namespace bulwark::bench
