// SPDX-License-Identifier: Apache-2.0
// What has happened in a journal, a sentence each, for a column of a screen.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace bulwark::command {

// Of a row as view::Happenings tells it; without its time.
std::string happening_text(const nlohmann::ordered_json& row);

}  // namespace bulwark::command
