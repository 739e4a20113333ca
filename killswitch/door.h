// SPDX-License-Identifier: Apache-2.0
// A wish to the sidecar over attach.sock, and its answer.
#pragma once

#include <string>
#include <vector>

#include "shm/layout.h"

namespace bulwark::kill {

struct DoorAnswer {
  bool heard = false;  // the sidecar answered
  bool done = false;
  std::vector<std::string> lines;  // why not, or what it did
};

shm::ControlRequest control_request(shm::Wish wish);

// Waits a few seconds at most: the sidecar may be frozen.
DoorAnswer ask_sidecar(const std::string& run_folder, const shm::ControlRequest& request);

}  // namespace bulwark::kill
