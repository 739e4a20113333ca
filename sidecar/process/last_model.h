// SPDX-License-Identifier: Apache-2.0
// With which model an instance starts: what its files come to is held against the last run's model and what that was
// made of, as the model thread would have done. Cold.
#pragma once

#include <cstdint>
#include <string>

#include "sidecar/config/load.h"

namespace bulwark::process {

// Puts into `settings`, which are those that were loaded, the model of the last run (of the configuration with that
// hash; 0: there is none) where the files give none, or one that nobody would take over while the instance runs. In
// words why; empty: the files' own it is. Throws Refusal where there is no model to start with.
std::string hold_model(std::uint64_t last_configuration, const config::LoadResult& loaded, config::Settings& settings);

}  // namespace bulwark::process
