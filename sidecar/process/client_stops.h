// SPDX-License-Identifier: Apache-2.0
// Watches how the clients take each stop, by the files in which they acknowledge it, and has the journal remember it:
// after how long, or that one was silent for a second, or ended without. Cold.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "shm/kill_page.h"
#include "sidecar/door/client_files.h"

namespace bulwark::process {

class ClientStops {
public:
  struct Wiring {
    const shm::KillPage& page;
    std::string run_folder;
    std::function<void(std::uint64_t epoch, const std::string& client, std::uint64_t delay_ns)> note;
  };

  // Stops up to `epoch` are over.
  ClientStops(Wiring wiring, std::uint64_t epoch) : wiring_(std::move(wiring)), seen_(epoch) {}

  // Often: who is there, and who has acknowledged since.
  void look();

private:
  enum class Told : std::uint8_t { Nothing, Silent, Everything };
  struct Stop {
    MonotonicNs noticed;
    std::map<std::string, Told> clients;  // who was there
  };

  void follow(std::uint64_t epoch, Stop& stop, MonotonicNs now);
  MonotonicNs moment_of(std::uint64_t epoch, MonotonicNs noticed) const;

  Wiring wiring_;
  std::uint64_t seen_;  // the last epoch
  std::map<std::string, cold::ClientFiles::Acknowledgement> clients_;
  std::map<std::uint64_t, Stop> open_;  // where somebody has not acknowledged yet
};

}  // namespace bulwark::process
