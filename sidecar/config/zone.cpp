// SPDX-License-Identifier: Apache-2.0
// Time zones from the machine's database. The `date` library reads the changes that are listed in a zone's file, which
// end in 2037; what comes after follows from the rule in the file's last line, which is read here.
#include "sidecar/config/zone.h"

#include <date/date.h>
#include <date/tz.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iterator>
#include <string_view>

namespace bulwark::config {
namespace {

using date::sys_days;
using date::sys_seconds;
using std::chrono::seconds;

constexpr int last_year = 2100;
constexpr std::int64_t day_s = 86'400;
constexpr std::size_t change_count_max = 2'000;  // some 13 a year; no zone comes near

std::int64_t start_of_year_s(int year) {
  return sys_seconds{sys_days{date::year{year} / 1 / 1}}.time_since_epoch().count();
}

// One end of summer time: Mm.w.d/time, day d (0: Sunday) of week w (5: the last) of month m.
struct Change {
  unsigned month = 0, week = 0, weekday = 0;
  std::int64_t time_s = 7'200;

  std::int64_t local_s(int year) const {
    const date::weekday day{weekday};
    const auto month_of_year = date::year{year} / date::month{month};
    const sys_days found = week == 5 ? sys_days{month_of_year / day[date::last]} : sys_days{month_of_year / day[week]};
    return sys_seconds{found}.time_since_epoch().count() + time_s;
  }
};

// Reads "EST5EDT,M3.2.0,M11.1.0" (IEEE 1003.1 TZ, with the wider times of RFC 8536) from left to right.
class RuleText {
public:
  explicit RuleText(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool begins(char c) const { return !rest_.empty() && rest_[0] == c; }

  bool take(char c) {
    if (!begins(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_name() {
    const bool in_brackets = take('<');
    std::size_t size = 0;
    while (size < rest_.size() && (in_brackets ? rest_[size] != '>' : letter(rest_[size]))) ++size;
    rest_.remove_prefix(size);
    return size >= 3 && (!in_brackets || take('>'));
  }

  bool take_number(std::int64_t& value) {
    std::size_t size = 0;
    for (value = 0; size < rest_.size() && size < 4 && digit(rest_[size]); ++size)
      value = value * 10 + (rest_[size] - '0');
    rest_.remove_prefix(size);
    return size > 0;
  }

  // [+-]hh[:mm[:ss]]
  bool take_time(std::int64_t& time_s) {
    const bool negative = take('-');
    if (!negative) take('+');
    std::int64_t hours = 0, minutes = 0, rest = 0;
    if (!take_number(hours)) return false;
    if (take(':') && !take_number(minutes)) return false;
    if (take(':') && !take_number(rest)) return false;
    time_s = hours * 3'600 + minutes * 60 + rest;
    if (negative) time_s = -time_s;
    return true;
  }

  bool take_change(Change& change) {
    std::int64_t month = 0, week = 0, weekday = 0;
    if (!take(',') || !take('M') || !take_number(month) || !take('.') || !take_number(week) || !take('.')) return false;
    if (!take_number(weekday) || month < 1 || month > 12 || week < 1 || week > 5 || weekday > 6) return false;
    change.month = static_cast<unsigned>(month);
    change.week = static_cast<unsigned>(week);
    change.weekday = static_cast<unsigned>(weekday);
    return !take('/') || take_time(change.time_s);
  }

private:
  static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  static bool digit(char c) { return c >= '0' && c <= '9'; }

  std::string_view rest_;
};

// The last line of a zone's file; empty where there is none. `name` is known to the database, so it is no way out.
std::string rule_of(const std::string& name) {
  std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!bytes.starts_with("TZif") || !bytes.ends_with('\n')) return {};
  const std::size_t before = bytes.rfind('\n', bytes.size() - 2);
  return before == std::string::npos ? std::string{} : bytes.substr(before + 1, bytes.size() - before - 2);
}

std::vector<core::ZoneOffset> listed_changes(const date::time_zone& zone) {
  const sys_seconds end{seconds{start_of_year_s(last_year)}};
  std::vector<core::ZoneOffset> result = core::Session{}.zone;
  date::sys_info info = zone.get_info(sys_seconds{seconds{0}});
  result.back().offset_s = info.offset.count();
  for (std::size_t i = 0; i < change_count_max && info.end < end; ++i) {
    info = zone.get_info(info.end);
    if (info.offset.count() == result.back().offset_s) continue;  // only its name has changed
    result.push_back({info.begin.time_since_epoch().count(), info.offset.count()});
  }
  return result;
}

}  // namespace

std::vector<core::ZoneOffset> rule_changes(const std::string& rule, std::int64_t after_s) {
  RuleText text(rule);
  std::int64_t west_s = 0, summer_west_s = 0;
  if (!text.take_name() || !text.take_time(west_s) || !text.take_name()) return {};
  summer_west_s = west_s - 3'600;
  if (!text.begins(',') && !text.take_time(summer_west_s)) return {};
  Change to_summer, to_winter;
  if (!text.take_change(to_summer) || !text.take_change(to_winter) || !text.at_end()) return {};

  std::vector<core::ZoneOffset> result;
  const int first_year = static_cast<int>(1970 + std::max<std::int64_t>(after_s, 0) / (366 * day_s));
  for (int year = first_year; year < last_year; ++year) {
    result.push_back({to_summer.local_s(year) + west_s, -summer_west_s});
    result.push_back({to_winter.local_s(year) + summer_west_s, -west_s});
  }
  std::erase_if(result, [&](const core::ZoneOffset& change) { return change.from_s <= after_s; });
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.from_s < b.from_s; });
  return result;
}

std::optional<std::vector<core::ZoneOffset>> zone_offsets(const std::string& name) {
  if (name == "UTC") return core::Session{}.zone;  // the default must not need a database
  try {
    std::vector<core::ZoneOffset> result = listed_changes(*date::locate_zone(name));
    for (const core::ZoneOffset& change : rule_changes(rule_of(name), result.back().from_s)) {
      if (change.offset_s != result.back().offset_s) result.push_back(change);
    }
    return result;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::vector<std::string> zone_names() {
  std::vector<std::string> names;
  try {
    for (const date::time_zone& zone : date::get_tzdb().zones) names.push_back(zone.name());
  } catch (const std::exception&) {
    names.clear();
  }
  return names;
}

std::optional<std::int64_t> time_of_day_s(const std::string& text) {
  if (text.size() != 5 && text.size() != 8) return std::nullopt;
  constexpr std::int64_t below[] = {24, 60, 60};
  std::int64_t result = 0;
  for (std::size_t part = 0; part < 3; ++part) {
    const std::size_t at = part * 3;
    std::int64_t value = 0;
    if (at < text.size()) {
      if (part > 0 && text[at - 1] != ':') return std::nullopt;
      for (const char c : {text[at], text[at + 1]}) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
      }
    }
    if (value >= below[part]) return std::nullopt;
    result = result * 60 + value;
  }
  return result;
}

}  // namespace bulwark::config
