// SPDX-License-Identifier: Apache-2.0
// The parts of reading a configuration that stand in files of their own: instruments, limits, and all sections
// together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sidecar/config/section.h"

namespace bulwark::config {

inline constexpr DecimalRange zero_or_more{0, money_raw_max, "a number from 0 to 100000000000000000000"};
inline constexpr DecimalRange above_zero{1, decimal_raw_max, "a number above 0, at most 10000000000"};
inline constexpr std::string_view name_words = "a name of 1 to 32 printable ASCII characters, other than \"*\"";

// More names than any firm has would overflow the 16 bits that stand for an account, a strategy or a sector.
inline constexpr std::size_t name_count_max = 65'000;

// "*" means each one in `on`, so nobody may be called so.
inline bool usable_name(std::string_view name) { return valid_name(name) && name != "*"; }

// The text of an instruments file. `file` is what mistakes call it.
std::vector<core::Instrument> read_instruments(std::string_view text, const std::string& file,
                                               const std::string& base_currency, Report& report);

// The tables below [limit], in their order. `rules` has all names; `instruments_good`: they are known for certain.
std::vector<core::Limit> read_limits(Section& limits, const core::Rules& rules, bool instruments_good, Report& report);

// Where the ledger ships to.
Ledger read_ledger(Section& section);

// The web console; relative paths are relative to `directory`.
Console read_console(Section& section, const std::string& directory, Report& report);

// What people are told, and where. `timezone` is the one of quiet hours that name none.
Alerts read_alerts(Section& section, const std::string& timezone, const std::string& directory, Report& report);

// Where a configuration stands. A frozen one carries instruments and time zone itself and touches no file.
struct Source {
  std::string file;       // as mistakes call it
  std::string directory;  // absolute: what relative paths are relative to
  bool frozen = false;
};
Settings read_settings(const Node& root, const Source& source, Report& report);

std::string absolute_path(const std::string& path, const std::string& directory);

// The whole of a file; nothing where it cannot be read.
std::optional<std::string> read_file(const std::string& path);

}  // namespace bulwark::config
