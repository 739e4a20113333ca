// SPDX-License-Identifier: Apache-2.0
// What the door asks of the hot loop, and nothing else of it. Called by the door's thread alone, one call at a time;
// each call returns when the hot loop has done it (or will not), within a second. Cold.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "shm/layout.h"
#include "shm/words.h"

namespace bulwark::cold {

// Who is at the other end of a connection, as the kernel says.
struct Peer {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  std::uint64_t start_time = 0;  // of that process
};

class HotSide {
public:
  virtual ~HotSide() = default;

  // The index of that client: the one that the name always had, or the next free one, journaled and shown on the board.
  // None: no room.
  virtual ClientIndex client_index(const Name& name) = 0;

  // A new lane of the client that was handed that reply, sealed and with all its pages in place: to be polled from now
  // on, by a new LaneServer.
  // False: not taken. The memory stays mapped until retire() for that client has returned true.
  virtual bool admit(const shm::AttachReply& who, shm::Lane& lane) = 0;

  // The client has gone: answers what still waits in its lane, and lets go of it. True: the lane is never touched again
  // and may be unmapped. False (the loop did not get to it): the door leaves it mapped, and asks again.
  virtual bool retire(ClientIndex client) = 0;

  // The same for a publisher of marks, by its place (0 to publisher_count_max - 1). `quote_count` counts row 0.
  virtual bool admit_publisher(std::size_t place, shm::MarksTable& table, std::size_t quote_count) = 0;
  virtual bool retire_publisher(std::size_t place) = 0;

  // A wish of the operator. `request` is a copy; its texts are checked, nothing else. Permission is judged here.
  virtual void control(const Peer& peer, const shm::ControlRequest& request, shm::ControlReply& reply) = 0;
};

}  // namespace bulwark::cold
