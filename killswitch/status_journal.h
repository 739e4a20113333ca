// SPDX-License-Identifier: Apache-2.0
// What `status` says of the journal: whether it can be written, how far the disk is behind, for how long it has room.
#pragma once

#include <nlohmann/json.hpp>

#include "killswitch/instance.h"

namespace bulwark::kill {

// Null: there is no board to ask.
nlohmann::ordered_json journal_of(const Instance& instance);
void print_journal(const nlohmann::ordered_json& journal);

}  // namespace bulwark::kill
