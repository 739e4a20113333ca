// SPDX-License-Identifier: Apache-2.0
// The lease: how long permission lives without renewal. Renewed each millisecond, only while the sidecar beats, judges
// under the permission in force and its journal is healthy. A lease that merely runs out is counted and is no latch.
#pragma once

#include <algorithm>

#include "shm/kill_page.h"

namespace bulwark::kill {

struct SidecarFacts {
  bool attached = false;
  bool journal_healthy = false;
  shm::Permission seen{};  // the permission word under which it judges
  MonotonicNs beat{};
};

class Lease {
public:
  explicit Lease(DurationNs length) : length_(length) {}

  void renew(shm::KillPage& page, const SidecarFacts& sidecar, MonotonicNs now) {
    const shm::Permission permission = shm::permission_of(page);
    if (!permission.trading()) {
      page.lease_until_ns.store(0, std::memory_order_release);
      lapsed_ = false;
      return;
    }
    const std::int64_t until = page.lease_until_ns.load(std::memory_order_relaxed);  // nobody else writes it
    if (until != 0 && until <= now.ns && !lapsed_) {
      lapsed_ = true;
      page.lease_lapses.fetch_add(1, std::memory_order_relaxed);
    }
    if (!sidecar.attached || !sidecar.journal_healthy || sidecar.seen.epoch() != permission.epoch()) return;
    const MonotonicNs renewed = std::min(now, sidecar.beat) + length_;
    if (renewed.ns <= now.ns || renewed.ns <= until) return;
    // Release: pairs with the acquire of lease_valid.
    page.lease_until_ns.store(renewed.ns, std::memory_order_release);
    lapsed_ = false;
  }

private:
  DurationNs length_;
  bool lapsed_ = false;  // this lapse is counted already
};

}  // namespace bulwark::kill
