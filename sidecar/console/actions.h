// SPDX-License-Identifier: Apache-2.0
// What a person does at the console: the same as the commands of `killswitch` and `bulwark control`, under their name.
// Each may have to wait, and is called by a worker.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sidecar/console/server/site.h"

namespace bulwark::console {

struct Person {
  std::string instance;  // that they are logged in to
  std::string name;
};

Answer stop(const Person& person, const nlohmann::json& asked);
Answer preflight(const Person& person, const nlohmann::json& asked);
Answer resume(const Person& person, const nlohmann::json& asked);
Answer override_limit(const Person& person, const nlohmann::json& asked);

}  // namespace bulwark::console
