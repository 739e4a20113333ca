// SPDX-License-Identifier: Apache-2.0
// What `bulwark status` prints for people of the documents that it prints with --json.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace bulwark::command {

// Of a document's values; null is "-".
std::string plain(const nlohmann::ordered_json& value);
std::string scope_text(const nlohmann::ordered_json& on);
std::string money(const nlohmann::ordered_json& value);  // two decimals for people; the exact numbers are in --json
std::string share(const nlohmann::ordered_json& value);  // as percent

std::string book_text(const nlohmann::ordered_json& book);
std::string controls_text(const nlohmann::ordered_json& controls);
std::string risk_text(const nlohmann::ordered_json& risk);

}  // namespace bulwark::command
