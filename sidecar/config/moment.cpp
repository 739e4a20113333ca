// SPDX-License-Identifier: Apache-2.0
#include "sidecar/config/moment.h"

#include <fmt/format.h>

#include <chrono>

namespace bulwark::config {

static constexpr std::int64_t second_ns = 1'000'000'000, day_s = 86'400, duration_s_max = 366 * day_s;

static bool digit(char c) { return c >= '0' && c <= '9'; }

// "1h30m": numbers with their units, each behind it.
static std::optional<std::int64_t> parse_duration_s(std::string_view text) {
  std::int64_t total = 0;
  if (text.empty()) return {};
  while (!text.empty()) {
    std::int64_t number = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && digit(text[digits]); ++digits) {
      number = number * 10 + (text[digits] - '0');
      if (number > duration_s_max) return {};
    }
    if (digits == 0 || digits == text.size()) return {};
    constexpr std::string_view units = "smhd";
    constexpr std::int64_t seconds[] = {1, 60, 3'600, day_s};
    const std::size_t unit_at = units.find(text[digits]);
    if (unit_at == std::string_view::npos) return {};
    total += number * seconds[unit_at];
    if (total > duration_s_max) return {};
    text.remove_prefix(digits + 1);
  }
  return total == 0 ? std::nullopt : std::optional(total);
}

// "2026-11-22T15:00:00Z", or without the seconds.
static std::optional<std::int64_t> parse_utc_s(std::string_view text) {
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ", short_form = "dddd-dd-ddTdd:ddZ";
  if (text.size() != form.size() && text.size() != short_form.size()) return {};
  const std::string_view wanted = text.size() == form.size() ? form : short_form;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (wanted[i] == 'd' ? !digit(text[i]) : text[i] != wanted[i]) return {};
  }
  const auto number = [text](std::size_t begin, std::size_t count) {
    int value = 0;
    for (std::size_t i = begin; i < begin + count; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  const int hours = number(11, 2), minutes = number(14, 2), seconds = wanted == form ? number(17, 2) : 0;
  const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  // Beyond the year 2200 the nanoseconds soon run over.
  if (!date.ok() || number(0, 4) < 1970 || number(0, 4) > 2200 || hours > 23 || minutes > 59 || seconds > 59) return {};
  return std::chrono::sys_days(date).time_since_epoch().count() * day_s + hours * 3'600 + minutes * 60 + seconds;
}

std::optional<TimeNs> parse_moment(std::string_view text, TimeNs now) {
  if (text.starts_with('+')) {
    const auto seconds = parse_duration_s(text.substr(1));
    return seconds ? std::optional(TimeNs{now.ns + *seconds * second_ns}) : std::nullopt;
  }
  const auto seconds = parse_utc_s(text);
  return seconds ? std::optional(TimeNs{*seconds * second_ns}) : std::nullopt;
}

std::string show_moment(TimeNs t) {
  const std::int64_t seconds = t.ns / second_ns;
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days(seconds / day_s)}};
  const std::int64_t of_day = seconds % day_s;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), of_day / 3'600,
                     of_day / 60 % 60, of_day % 60);
}

}  // namespace bulwark::config
