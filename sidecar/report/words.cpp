// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/words.h"

#include <fmt/format.h>

#include <cmath>

#include "sidecar/config/moment.h"

namespace bulwark::report {

using Json = nlohmann::ordered_json;

double number_of(const Json& value) {
  if (value.is_null()) return 0;
  return value.is_string() ? std::stod(value.get<std::string>()) : value.get<double>();
}

std::string grouped(double number, int decimals) {
  std::string text = fmt::format("{:.{}f}", std::abs(number), decimals);
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t place = point; place > 3; place -= 3) text.insert(place - 3, ",");
  const bool zero = text.find_first_not_of("0.,") == std::string::npos;
  return number < 0 && !zero ? "\u2212" + text : text;
}

std::string money(const Json& value) { return value.is_null() ? unknown_words : grouped(number_of(value), 2); }

std::string whole(const Json& value) { return value.is_null() ? unknown_words : grouped(number_of(value), 0); }

std::string percent(const Json& share) {
  return share.is_null() ? unknown_words : grouped(100 * number_of(share), 2) + "\u00a0%";
}

std::string amount(const Json& value) {
  if (value.is_null()) return unknown_words;
  if (value.is_string() || value.is_number_integer()) {
    const double number = number_of(value);
    return grouped(number, number == std::floor(number) ? 0 : 2);
  }
  return fmt::format("{:.4g}", value.get<double>());
}

std::string moment(const Json& ns) {
  if (ns.is_null()) return unknown_words;
  std::string text = config::show_moment({ns.get<std::int64_t>()});
  if (text.size() < 19) return text;
  text[10] = ' ';
  return text.substr(0, 19);
}

std::string short_moment(const Json& ns) {
  const std::string text = moment(ns);
  return text.size() == 19 ? text.substr(5, 2) + "\u2011" + text.substr(8, 2) + "\u00a0" + text.substr(11) : text;
}

std::string level(const Json& confidence) {
  return confidence.is_null() ? unknown_words : fmt::format("{:g}\u00a0%", 100 * number_of(confidence));
}

std::string duration(const Json& ns) {
  if (ns.is_null()) return unknown_words;
  const double time = ns.get<double>();
  if (time < 1e3) return fmt::format("{:.0f} ns", time);
  if (time < 1e6) return fmt::format("{:.0f} \u00b5s", time / 1e3);
  if (time < 1e9) return fmt::format("{:.1f} ms", time / 1e6);
  const auto seconds = static_cast<std::int64_t>(time / 1e9);
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7'200) return fmt::format("{} min", seconds / 60);
  return fmt::format("{} h {} min", seconds / 3'600, seconds / 60 % 60);
}

std::string plain(const Json& value) {
  if (value.is_null()) return unknown_words;
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string span_words(const Json& span) {
  const std::string first = plain(span["first_session"]), last = plain(span["last_session"]);
  const std::string sessions = first == last ? "session of " + last : "sessions from " + first + " to " + last;
  return span["whole"] == true ? sessions : "part of the " + sessions;
}

std::string scope(const Json& on) {
  if (on.is_null()) return "everything";
  std::string text;
  for (const auto& [key, name] : on.items()) text += (text.empty() ? "" : ", ") + key + " " + plain(name);
  return text.empty() ? "everything" : text;
}

std::string counted(std::uint64_t count, const std::string& noun) {
  return fmt::format("{} {}{}", grouped(static_cast<double>(count), 0), noun, count == 1 ? "" : "s");
}

}  // namespace bulwark::report
