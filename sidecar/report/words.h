// SPDX-License-Identifier: Apache-2.0
// Numbers, moments and scopes of the document as people read them. Exact numbers stay in the JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace bulwark::report {

inline constexpr char unknown_words[] = "\u2013";  // of what is null

// With a separator each three digits: 1,234,567.89.
std::string grouped(double number, int decimals);
std::string money(const nlohmann::ordered_json& value);    // 2 decimals
std::string whole(const nlohmann::ordered_json& value);    // none
std::string percent(const nlohmann::ordered_json& share);  // 0.0123: 1.23 %
// Of a limit: money, a quantity, a count or a share, each as it was written.
std::string amount(const nlohmann::ordered_json& value);
std::string moment(const nlohmann::ordered_json& ns);         // 2026-11-22 15:00:00, UTC
std::string short_moment(const nlohmann::ordered_json& ns);   // 11-22 15:00:00: the year is that of the report
std::string level(const nlohmann::ordered_json& confidence);  // 0.99: 99 %
std::string duration(const nlohmann::ordered_json& ns);
std::string scope(const nlohmann::ordered_json& on);  // account ACC1, symbol AAPL; everything
std::string plain(const nlohmann::ordered_json& value);
// Of the document: session of 2026-11-22; part of the session of 2026-11-22.
std::string span_words(const nlohmann::ordered_json& span);
double number_of(const nlohmann::ordered_json& value);  // also of a decimal in a string; null: 0

// "1 order", "2 orders".
std::string counted(std::uint64_t count, const std::string& noun);

}  // namespace bulwark::report
