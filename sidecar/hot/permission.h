// SPDX-License-Identifier: Apache-2.0
// What the hot loop sees of the kill page: may anything be accepted now, and which stops are still to be taken over.
// Hot: loads only.
#pragma once

#include <optional>

#include "core/event.h"
#include "shm/kill_page.h"
#include "shm/layout.h"

namespace bulwark::hot {

// How long a stop may take to say what it is about; then it counts as one of everything.
inline constexpr std::int64_t stop_patience_ns = 10'000'000;

class PermissionWatch {
public:
  PermissionWatch(const shm::KillPage& page, shm::Permission taken_over) : page_(page), taken_over_(taken_over) {}

  // SYNC POINT STOP (acquire): what whoever stopped wrote before is seen with the word.
  shm::Permission current() const { return {page_.permission.load(std::memory_order_acquire)}; }
  // The word under which the loop judges: every stop up to its epoch has been taken over.
  shm::Permission taken_over() const { return taken_over_; }
  bool changed() const { return current() != taken_over_; }

  // Nobody renews it any more, by a watchdog that ended in good order: that is no lapse.
  bool lease_given_back() const { return page_.lease_until_ns.load(std::memory_order_relaxed) == 0; }

  core::Gate gate(shm::Permission permission, MonotonicNs now) const {
    if (!shm::lease_valid(page_, now)) return core::Gate::LeaseExpired;
    return permission.trading() ? core::Gate::Open : core::Gate::Halted;
  }

  // The next stop that waits to be taken over, of those up to `upto`; 0: none.
  std::uint64_t next_stop(shm::Permission upto) const {
    return taken_over_.epoch() < upto.epoch() ? taken_over_.epoch() + 1 : 0;
  }
  std::optional<shm::StopDetails> details(std::uint64_t epoch) const { return shm::stop_entry(page_, epoch); }

  // Has the stop of that epoch had its time to say what it is about?
  bool overdue(std::uint64_t epoch, MonotonicNs now) {
    if (waited_for_ != epoch) {
      waited_for_ = epoch;
      since_ = now;
    }
    return now.ns - since_.ns >= stop_patience_ns;
  }
  void took_over(shm::Permission permission) { taken_over_ = permission; }

private:
  const shm::KillPage& page_;
  shm::Permission taken_over_;
  std::uint64_t waited_for_ = 0;
  MonotonicNs since_{};
};

}  // namespace bulwark::hot
