// SPDX-License-Identifier: Apache-2.0
// `bulwark status --risk`: the live risk of a running instance, from its risk page. Nobody is asked for anything.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "killswitch/instance.h"

namespace bulwark::view {

// Throws kill::Refusal where there is no page that can be read.
nlohmann::ordered_json risk_json(const kill::Instance& instance);

}  // namespace bulwark::view
