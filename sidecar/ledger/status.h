// SPDX-License-Identifier: Apache-2.0
// What the ledger says of itself: RUN/NAME/ledger, one JSON object, which `bulwark status` shows. Written whole by a
// rename, so that nobody reads half of it.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "shm/clock.h"
#include "shm/layout.h"

namespace bulwark::ledger {

// How it stands with PostgreSQL, or with Redis.
struct Condition {
  std::string state = "off";   // off, connecting, shipping, waiting (it tries again), refused (a person has to act)
  std::uint64_t sequence = 0;  // the last record that is there for certain
  std::string error;           // the last one; it stays until things go on again
  friend bool operator==(const Condition&, const Condition&) = default;
};

class Status {
public:
  void set(Condition Status::*part, Condition condition) {
    const std::lock_guard lock(mutex_);
    this->*part = std::move(condition);
  }
  Condition get(Condition Status::*part) const {
    const std::lock_guard lock(mutex_);
    return this->*part;
  }

  // Told by the thread of a part whenever it gets on: what hangs cannot be vouched for.
  void beat(shm::AtomicTime Status::*part) { (this->*part).store(shm::monotonic_now().ns, std::memory_order_relaxed); }

  // Writes the file where something has changed since the last time; a failure changes nothing but that nobody sees it.
  void write(const std::string& run_folder);

  Condition postgres, redis;
  shm::AtomicTime postgres_beat{0}, redis_beat{0};

private:
  mutable std::mutex mutex_;
  std::string written_;
};

}  // namespace bulwark::ledger
