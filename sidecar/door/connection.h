// SPDX-License-Identifier: Apache-2.0
// One connection at the door: who it is, how far it has come, and the memory that was made for it. Cold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "shm/layout.h"
#include "shm/memfd.h"
#include "sidecar/door/hot_side.h"

namespace bulwark::cold {

struct Connection {
  enum class Step : std::uint8_t {
    AwaitRequest,  // until the deadline
    AwaitMapped,   // memory was handed over; until the deadline
    Admitted,      // for as long as the other end lives
    Leaving,       // it has gone, and the hot loop has not let go of its memory yet
    Ended,
  };

  shm::Descriptor socket;
  Peer peer;
  Step step = Step::AwaitRequest;
  shm::DoorKind kind = shm::DoorKind::None;
  std::int64_t deadline_ns = 0;  // CLOCK_MONOTONIC
  shm::Descriptor memfd;
  shm::MappedBytes memory;
  std::string name;             // of a client
  shm::AttachReply reply{};     // of a client
  std::size_t place = 0;        // of a publisher
  std::size_t quote_count = 0;  // of a publisher

  bool holds_memory() const { return step == Step::AwaitMapped || step == Step::Admitted || step == Step::Leaving; }
  bool is_client(const std::string& wanted) const { return kind == shm::DoorKind::Client && name == wanted; }
};

}  // namespace bulwark::cold
