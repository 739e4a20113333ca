// SPDX-License-Identifier: Apache-2.0
// Lines of comma-separated fields, blanks around them taken off.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shm/clock.h"

namespace bulwark::config {

inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

inline std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t start = 0;;) {
    const std::size_t comma = line.find(',', start);
    fields.push_back(trimmed(line.substr(start, comma - start)));
    if (comma == std::string_view::npos) return fields;
    start = comma + 1;
  }
}

// Without a last line that nothing ends: power went while it was written, and half a number looks like a number.
inline std::string_view whole_lines(std::string_view text) { return text.substr(0, text.rfind('\n') + 1); }

// Calls take(number of the line, its fields) for each line that is not blank.
template <class Take>
void each_line(std::string_view text, Take take) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  int number = 0;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = trimmed(text.substr(start, end - start));
    start = end + 1;
    ++number;
    if (!line.empty()) take(number, fields_of(line));
  }
}

// As in "2024-01-31", and a day that the calendar has.
inline bool is_date(std::string_view text) {
  if (text.size() != 10) return false;
  std::array<int, 3> parts{};
  std::size_t part = 0;
  for (std::size_t k = 0; k < text.size(); ++k) {
    const bool dash = k == 4 || k == 7;
    if (dash ? text[k] != '-' : text[k] < '0' || text[k] > '9') return false;
    if (dash) ++part;
    else parts[part] = 10 * parts[part] + (text[k] - '0');
  }
  return std::chrono::year_month_day(std::chrono::year(parts[0]), std::chrono::month(static_cast<unsigned>(parts[1])),
                                     std::chrono::day(static_cast<unsigned>(parts[2])))
      .ok();
}

// Today's, where it is latest on earth.
inline std::string newest_date() {
  const std::chrono::sys_time<std::chrono::nanoseconds> now{std::chrono::nanoseconds(shm::wall_now().ns)};
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(now + std::chrono::hours(14)));
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                static_cast<unsigned>(day.day()));
  return text;
}

inline std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// Beyond these bounds squares and ratios leave the range of doubles, and what comes of them can look right.
inline constexpr const char* price_words = "a price from 1e-12 to 1e15";
inline std::optional<double> price_of(std::string_view text) {
  const std::optional<double> price = number_of(text);
  return price && *price >= 1e-12 && *price <= 1e15 ? price : std::nullopt;
}

}  // namespace bulwark::config
