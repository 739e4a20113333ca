// SPDX-License-Identifier: Apache-2.0
// `bulwark status --risk`: the live risk of a running instance, from its risk page. Nobody is asked for anything.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "killswitch/instance.h"

namespace bulwark::command {

// Throws kill::Refusal where there is no page that can be read.
nlohmann::ordered_json risk_json(const kill::Instance& instance);

std::string risk_text(const nlohmann::ordered_json& risk);

}  // namespace bulwark::command
