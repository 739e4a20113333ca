// SPDX-License-Identifier: Apache-2.0
// What the console leaves in the run folder: where it is reached, and the token that it has drawn. Both outlive it, so
// that one that is started again is found where the last one was, by the same token.
#pragma once

#include <cstdint>
#include <string>

#include "shm/memfd.h"

namespace bulwark::console {

// RUN/NAME/console: {"url", "pid", "start_time"}.
void tell_where(const std::string& run_folder, const std::string& url);
// The port of the one before; 0: there was none.
std::uint16_t port_before(const std::string& run_folder);

// RUN/NAME/console.token, readable by its owner alone. `drawn`: it is a new one.
std::string own_token(const std::string& run_folder, bool& drawn);

// One console for an instance on this machine: nothing where another one has it.
shm::Descriptor lock_console(const std::string& run_folder);

}  // namespace bulwark::console
