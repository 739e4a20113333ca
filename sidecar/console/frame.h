// SPDX-License-Identifier: Apache-2.0
// The figures that pages are sent ten times a second: those of the risk page and the board, and of each symbol. NaN:
// not known.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "killswitch/instance.h"

namespace bulwark::console {

inline constexpr std::array<std::string_view, 27> scalar_names{
    "equity",       "peak",           "drawdown",      "profit_today",     "realised",
    "unrealised",   "fees",           "long_value",    "short_value",      "gross",
    "net",          "parametric_var", "parametric_es", "historical_var",   "historical_es",
    "filtered_var", "filtered_es",    "worst_loss",    "market_factor",    "intents",
    "accepted",     "refused",        "events",        "journal_appended", "journal_written",
    "loop_ns_max",  "age_ms"};
inline constexpr std::array<std::string_view, 7> column_names{"gross",      "net",           "profit_today", "realised",
                                                              "unrealised", "component_var", "limit_use"};

struct Frame {
  double number = 0, t_ms = 0;
  std::vector<double> scalars;               // as scalar_names
  std::vector<std::int32_t> symbols;         // places in the page's list of symbols
  std::vector<std::vector<double>> columns;  // as column_names
};

// How near each symbol is to its nearest limit, by name.
using LimitUse = std::unordered_map<std::string, double>;

Frame frame_of(const kill::Instance& instance, const std::vector<std::string>& symbols, const LimitUse& use);

// As it goes over the WebSocket (docs/console.md), and as JSON.
std::string frame_bytes(const Frame& frame);
nlohmann::ordered_json frame_json(const Frame& frame);

}  // namespace bulwark::console
