// SPDX-License-Identifier: Apache-2.0
// What happened, in a short paragraph, and what needs somebody's decision: the part of a report that everybody reads.
#pragma once

#include <nlohmann/json.hpp>

namespace bulwark::report {

// {"text": ..., "decisions": [...]}, made of the rest of the document alone.
nlohmann::ordered_json summary_of(const nlohmann::ordered_json& document);

}  // namespace bulwark::report
