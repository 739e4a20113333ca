// SPDX-License-Identifier: Apache-2.0
// What the commands read of a board beside its names: the latched scopes. The sidecar may be broken or half dead, so
// each offset and count is checked against the mapping before it is used.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shm/mapping.h"

namespace bulwark::kill {

using BoardMapping = shm::Mapping<const shm::Board>;

struct LatchedState {
  Scope on{};
  State state = State::Halted;
  std::string cause;
};

// Scopes that are not normal. Nothing: they cannot be read.
std::optional<std::vector<LatchedState>> latched_states(const BoardMapping& board);

}  // namespace bulwark::kill
