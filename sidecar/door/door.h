// SPDX-License-Identifier: Apache-2.0
// The door: RUN/NAME/attach.sock, where trading processes, publishers of marks and operators come in. One thread, which
// waits for nobody: each step of an attach has a deadline. It makes the sealed memory, judges who may have which name,
// tells the hot loop (HotSide), and notices when somebody has gone. Cold.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "shm/layout.h"
#include "shm/memfd.h"
#include "sidecar/door/client_files.h"
#include "sidecar/door/connection.h"
#include "sidecar/door/hot_side.h"

namespace bulwark::cold {

class Door {
public:
  // Opens the socket; throws std::system_error naming it where that cannot be. `board` has its name tables in place.
  Door(const std::string& run_folder, const shm::Board& board, HotSide& hot);
  ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  void run();   // until stop(); then every lane has been let go of
  void stop();  // from any thread

  static constexpr std::int64_t step_deadline_ns = 100'000'000;

private:
  using Step = Connection::Step;

  void listen_at(const std::string& run_folder);
  void accept_one();
  void serve(Connection& connection, bool readable, bool hung_up);
  void take_request(Connection& connection, const void* packet, std::size_t bytes);
  void take_client(Connection& connection, const shm::AttachRequest& request);
  void take_publisher(Connection& connection);
  void take_wish(Connection& connection, const shm::ControlRequest& request);
  void take_mapped(Connection& connection);

  shm::DoorOutcome judge_client(const shm::AttachRequest& request, const Peer& peer);
  bool name_taken(const std::string& name, const Peer& peer);
  bool make_lane(Connection& connection, shm::Descriptor& file);
  void refuse(Connection& connection, shm::DoorOutcome outcome);
  void retire(Connection& connection);
  void let_go(Connection& connection);
  void end_overdue_and_dead(std::int64_t now_ns);
  int wait_ms(std::int64_t now_ns) const;

  const shm::Board& board_;
  HotSide& hot_;
  ClientFiles files_;
  std::string socket_path_;
  shm::Descriptor listener_, wake_;
  std::list<Connection> connections_;
  std::int64_t liveness_due_ns_ = 0;
};

}  // namespace bulwark::cold
