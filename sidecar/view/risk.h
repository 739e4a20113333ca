// SPDX-License-Identifier: Apache-2.0
// `bulwark status --risk`: the live risk of a running instance, from its risk page. Nobody is asked for anything.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "killswitch/instance.h"
#include "shm/risk_page.h"

namespace bulwark::view {

// Throws kill::Refusal where there is no page that can be read.
nlohmann::ordered_json risk_json(const kill::Instance& instance);

// The names behind the indices of a picture; `kind`: symbol, sector, account, strategy.
using RiskNames = std::function<std::string(std::string_view kind, std::uint64_t index)>;
// The same document of a picture that came another way.
nlohmann::ordered_json risk_json(const shm::RiskPicture& picture, const RiskNames& names);

}  // namespace bulwark::view
