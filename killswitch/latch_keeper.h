// SPDX-License-Identifier: Apache-2.0
// Keeps the latch on disk equal to the permission word, whoever changed it. A thread of its own: the disk may take
// seconds, and the lease must be renewed each millisecond.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "shm/kill_page.h"
#include "shm/latch.h"

namespace bulwark::kill {

// What the page says, as the latch says it.
shm::Latch latch_of(const shm::KillPage& page, bool clean);

class LatchKeeper {
public:
  LatchKeeper(const shm::KillPage& page, std::string directory) : page_(page), directory_(std::move(directory)) {}
  ~LatchKeeper() { halt(); }
  LatchKeeper(const LatchKeeper&) = delete;
  LatchKeeper& operator=(const LatchKeeper&) = delete;

  void start();  // writes the latch at once; throws std::system_error where that fails
  void finish_clean();

private:
  void run();
  void halt();

  const shm::KillPage& page_;
  std::string directory_;
  shm::Latch written_{};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace bulwark::kill
