// SPDX-License-Identifier: Apache-2.0
// See the header. A latch that cannot be written leaves the one on disk, which says `running`: the instance then comes
// back stopped.
#include "killswitch/latch_keeper.h"

#include <iostream>

namespace bulwark::kill {

shm::Latch latch_of(const shm::KillPage& page, bool clean) {
  const shm::Permission permission = shm::permission_of(page);
  shm::Latch latch{clean, permission.trading(), permission.epoch(), {}, {}, {}, 0};
  if (latch.trading) return latch;
  latch.cause = Sentence::from("no reason given");
  if (const auto entry = shm::stop_entry(page, permission.epoch())) {
    latch.cause = Sentence::from(shm::printable(entry->cause.view()));
    latch.operator_name = Name::from(shm::printable(entry->operator_name.view()));
    latch.reason = Sentence::from(shm::printable(entry->reason.view()));
    latch.since_ns = entry->t.ns;
  }
  return latch;
}

void LatchKeeper::start() {
  written_ = latch_of(page_, false);
  shm::write_latch(directory_, written_);
  thread_ = std::thread([this] { run(); });
}

void LatchKeeper::run() {
  bool complained = false;
  while (!ending_.load(std::memory_order_acquire)) {
    const shm::Latch latch = latch_of(page_, false);
    if (latch == written_) {
      shm::nap(milliseconds(1));
      continue;
    }
    try {
      shm::write_latch(directory_, latch);
      written_ = latch;
      complained = false;
    } catch (const std::exception& error) {
      if (!complained) std::cerr << "bulwark-watchdog: the latch is not on disk: " << error.what() << std::endl;
      complained = true;
      shm::nap(milliseconds(100));
    }
  }
}

void LatchKeeper::halt() {
  ending_.store(true, std::memory_order_release);
  if (thread_.joinable()) thread_.join();
}

void LatchKeeper::finish_clean() {
  halt();
  // A stop that comes while the latch is being written must not be lost: written again until nothing has changed.
  do {
    written_ = latch_of(page_, true);
    shm::write_latch(directory_, written_);
  } while (!(latch_of(page_, true) == written_));
}

}  // namespace bulwark::kill
