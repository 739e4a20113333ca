// SPDX-License-Identifier: Apache-2.0
// The sections of the HTML report, each made of its part of the document.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace bulwark::report {

// What the book made and may lose: sections_book.cpp.
std::string profit_section(const nlohmann::ordered_json& document);
std::string exposure_section(const nlohmann::ordered_json& document);
std::string risk_section(const nlohmann::ordered_json& document);
std::string stress_section(const nlohmann::ordered_json& document);
// What limits, people and programs did: sections_control.cpp.
std::string limits_section(const nlohmann::ordered_json& document);
std::string stops_section(const nlohmann::ordered_json& document);
std::string changes_section(const nlohmann::ordered_json& document);
std::string orders_section(const nlohmann::ordered_json& document);
std::string latency_section(const nlohmann::ordered_json& document);
std::string controls_section(const nlohmann::ordered_json& document);
std::string chain_section(const nlohmann::ordered_json& document);

}  // namespace bulwark::report
