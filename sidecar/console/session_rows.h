// SPDX-License-Identifier: Apache-2.0
// The sessions that are over, as the sidecar wrote them down.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace bulwark::console {

// JOURNAL/sessions.csv: {"date", "confidence", "var", "frozen", "actual"}, profits; null: that session was missed.
nlohmann::ordered_json session_rows(const std::string& journal_directory);

}  // namespace bulwark::console
