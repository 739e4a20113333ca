// SPDX-License-Identifier: Apache-2.0
// The clients of an instance as everybody can see them, with every Bulwark process dead: their files, read by pread.
#pragma once

#include <string>
#include <vector>

#include "shm/latency.h"
#include "shm/layout.h"
#include "shm/process.h"

namespace bulwark::kill {

struct ClientView {
  std::string client;
  std::int32_t pid = 0;
  std::uint64_t start_time = 0;
  std::uint64_t inode = 0;  // of its file
  shm::Permission acknowledged{};
  std::int64_t acknowledged_ns = 0;  // CLOCK_MONOTONIC
  std::uint64_t drill_seen = 0;
  std::int64_t drill_seen_ns = 0;
  shm::Latency checks;  // how long it has waited for its verdicts since it attached

  bool saw_stop(std::uint64_t epoch) const { return acknowledged.epoch() >= epoch; }
  bool alive() const { return shm::process_alive(pid, start_time); }
  std::string label() const { return client + " (pid " + std::to_string(pid) + ")"; }
};

// Those that have not left in good order and whose process lives (a frozen one lives), sorted by name.
std::vector<ClientView> live_clients(const std::string& run_folder);

// Of all of them together.
shm::Latency checks_of(const std::vector<ClientView>& clients);

}  // namespace bulwark::kill
