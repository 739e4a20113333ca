// SPDX-License-Identifier: Apache-2.0
// What `bulwark status` prints for people of the documents that it prints with --json.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace bulwark::command {

std::string book_text(const nlohmann::ordered_json& book);
std::string controls_text(const nlohmann::ordered_json& controls);
std::string risk_text(const nlohmann::ordered_json& risk);

}  // namespace bulwark::command
