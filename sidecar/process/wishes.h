// SPDX-License-Identifier: Apache-2.0
// What the door and the operator ask for, carried out by the hot loop between two events: this is the cold side of it,
// which looks names up, puts questions into words, and reads the configuration. Cold.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "shm/layout.h"
#include "sidecar/config/settings.h"
#include "sidecar/door/hot_side.h"
#include "sidecar/hot/loop.h"

namespace bulwark::process {

class Wishes final : public cold::HotSide {
public:
  Wishes(hot::Calls& calls, const shm::Board& board, std::string config_path, config::Settings settings)
      : calls_(calls), board_(board), config_path_(std::move(config_path)), settings_(std::move(settings)) {}

  ClientIndex client_index(const Name& name) override;
  bool admit(ClientIndex client, shm::Lane& lane) override;
  bool retire(ClientIndex client) override;
  bool admit_publisher(std::size_t place, shm::MarksTable& table, std::size_t quote_count) override;
  bool retire_publisher(std::size_t place) override;
  void control(const cold::Peer& peer, const shm::ControlRequest& request, shm::ControlReply& reply) override;

  // The configuration is read again and taken over as a whole, or not at all. From the door and on SIGHUP.
  struct Reloaded {
    bool done;
    std::vector<std::string> lines;  // what changed, or why not
  };
  Reloaded reload();

private:
  using Lines = std::vector<std::string>;

  Lines preflight(bool new_baseline);
  Lines resume(const shm::ControlRequest& request);
  Lines apply(const shm::ControlRequest& request, core::Command command);
  std::string take_over(const config::Settings& settings);

  hot::Calls& calls_;
  const shm::Board& board_;
  const std::string config_path_;
  std::mutex reloading_;  // a reload from the door and one by a signal come one after the other
  config::Settings settings_;
};

}  // namespace bulwark::process
