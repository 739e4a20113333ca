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
  std::uint64_t proposal = 0;      // not 0: not done, it waits under this number for a second operator
  std::vector<std::string> lines;  // why not, or what it did
};

shm::ControlRequest control_request(shm::Wish wish);

// Waits a few seconds at most: the sidecar may be frozen. What it has not begun by then it will not carry out.
DoorAnswer ask_sidecar(const std::string& run_folder, shm::ControlRequest request);

}  // namespace bulwark::kill
