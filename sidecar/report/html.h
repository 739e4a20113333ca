// SPDX-License-Identifier: Apache-2.0
// The document as one HTML file that needs nothing beside it, for the screen and for A4 paper.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace bulwark::report {

std::string html_of(const nlohmann::ordered_json& document);

}  // namespace bulwark::report
