// SPDX-License-Identifier: Apache-2.0
// Small texts of the ledger's rows: names of events and lines as the contract writes them, JSON texts, hashes.
#pragma once

#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/event.h"
#include "shm/decimal.h"

namespace bulwark::ledger {

inline constexpr std::array<std::string_view, 9> line_names{
    "warning", "breach", "cleared", "state", "cancel_request", "stray_fill", "liquidation", "scale", "alarm"};

inline std::string_view event_name(const core::Event& event) {
  constexpr std::array<std::string_view, 15> names{"",        "client",  "mark",   "rate", "intent",
                                                   "replace", "ack",     "cancel", "fill", "done",
                                                   "equity",  "control", "clock",  "size", "deliver"};
  return name_of(names, event.type);
}

inline std::string_view command_name(core::Command command) {
  constexpr std::array<std::string_view, 6> names{"", "halt", "reduce_only", "resume", "override", "liquidate"};
  return name_of(names, command);
}

// 16 hexadecimal digits.
inline std::string hex(std::uint64_t number) {
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return text;
}

inline std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    char digits[4];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    text += digits;
  }
  return text;
}

// A JSON string. Names are printable ASCII.
inline std::string json_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c >= 0x20 && c <= 0x7e ? c : '?';
  }
  return result + "\"";
}

// What a line about no limit says.
inline std::string alert_text(const core::Line& line) {
  if (line.type == core::LineType::StrayFill) {
    return "fill of " + std::string(line.id.view()) + ": " + std::string(line.cause.view());
  }
  if (line.type == core::LineType::Alarm) return std::string(line.cause.view());
  return "scale: " + std::string(name_of(market_input_names, line.scaling.cause)) + " from " +
         format_decimal(line.scaling.from) + " to " + format_decimal(line.scaling.to) + ", together " +
         format_decimal(line.scaling.factor);
}

}  // namespace bulwark::ledger
