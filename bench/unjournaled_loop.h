// SPDX-License-Identifier: Apache-2.0
// What a hot loop does for a request, all but the journal: what that costs is the difference.
#pragma once

#include "shm/clock.h"
#include "shm/lane_server.h"
#include "sidecar/hot/loop.h"
#include "sidecar/hot/requests.h"

namespace bulwark::bench {

class UnjournaledLoop {
public:
  UnjournaledLoop(hot::Loop& loop, const shm::KillPage& page, shm::Lane& lane)
      : loop_(loop), permission_(page, loop.permission()), server_(lane) {}

  // As hot::Loop: the clock once, then a few looks at the lane.
  bool pass() {
    const TimeNs t = loop_.now();
    const MonotonicNs now = shm::monotonic_now();
    for (std::size_t round = 0; round < rounds; ++round) {
      if (serve(t, now)) return true;
      shm::pause_cpu();
    }
    return false;
  }

private:
  static constexpr std::size_t rounds = 16;

  bool serve(TimeNs t, MonotonicNs now) {
    if (!server_.poll(request_)) return false;
    const shm::Permission permission = permission_.current();
    const bool order = hot::is_order(request_.kind);
    const auto epoch = static_cast<std::uint32_t>(permission.epoch());
    hot::to_event(request_, ClientIndex{1}, order ? permission_.gate(permission, now) : core::Gate::Open, t, event_);
    core::Engine& engine = loop_.engine();
    const core::EventError error = engine.decide(event_);
    server_.answer(engine.has_verdict() ? hot::to_answer(engine.verdict(), epoch)
                                        : hot::to_answer(error, order, epoch));
    engine.conclude();
    return true;
  }

  hot::Loop& loop_;
  hot::PermissionWatch permission_;
  shm::LaneServer server_;
  shm::Request request_;
  core::Event event_{};
};

}  // namespace bulwark::bench
