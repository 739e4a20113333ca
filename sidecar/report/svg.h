// SPDX-License-Identifier: Apache-2.0
// The pictures of a report as inline SVG: no script, no font of its own, readable in grey: what differs, differs in
// shape and in words too.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace bulwark::report {

// `& < > " '` as HTML wants them, in text and in attributes.
std::string escaped(std::string_view text);

// Profit of the span over time, the drawdown hanging below it. Empty: nothing happened.
std::string profit_picture(const nlohmann::ordered_json& document);
// Each session's profit as a bar against the VaR that it began with; exceptions are marked.
std::string sessions_picture(const nlohmann::ordered_json& document);
// Gross exposure by sector as bars, net as a tick in them.
std::string sectors_picture(const nlohmann::ordered_json& document);

}  // namespace bulwark::report
