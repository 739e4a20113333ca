// SPDX-License-Identifier: Apache-2.0
// How much the engine can hold.
#pragma once

#include <cstddef>

namespace bulwark::core {

// Full refuses.
struct Capacity {
  std::size_t orders = 1 << 20;  // working, and done in this session
  std::size_t clients = 1'024;
  std::size_t latches = 4'096;
};

}  // namespace bulwark::core
