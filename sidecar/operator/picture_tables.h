// SPDX-License-Identifier: Apache-2.0
// The tables of the picture that `bulwark top` draws.
#pragma once

#include "sidecar/operator/picture.h"

namespace bulwark::command {

inline constexpr std::size_t rows_without_a_screen = 100;  // of all tables, where nothing bounds them
inline constexpr double use_warns = 0.8;

// Money with two decimals and commas; null is "-".
std::string amount(const nlohmann::ordered_json& value);

Section limits_table(const Seen& seen, std::size_t columns);  // the most used first, with bars
Section accounts_table(const Seen& seen);
Section positions_table(const Seen& seen);  // what adds most to the VaR first
Section clients_table(const Seen& seen);
Section happenings_table(const Seen& seen);  // the newest first

}  // namespace bulwark::command
