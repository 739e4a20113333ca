// SPDX-License-Identifier: Apache-2.0
// The document in long form: `section,item,key,value`, a line for each value (docs/reports.md).
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace bulwark::report {

std::string csv_of(const nlohmann::ordered_json& document);

}  // namespace bulwark::report
