// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/alerts/forms.h"

#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "sidecar/config/moment.h"
#include "sidecar/console/alerts/words.h"

namespace bulwark::alerts {

static constexpr std::size_t subject_length_max = 120;

static std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// One line, whatever names are in it.
static std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  return text;
}

// "critical, 2026-11-23T03:00:00Z: sentence (3 times)"
static std::string line_of(const Json& alert) {
  const auto count = alert.value("count", std::uint64_t{1});
  return one_line(fmt::format("{}, {}: {}{}", text_of(alert, "severity"),
                              config::show_moment({alert.value("t", std::int64_t{0})}), text_of(alert, "text"),
                              count > 1 ? fmt::format(" ({} times)", count) : ""));
}

static const Json& worst_of(const std::vector<Json>& documents) {
  const auto rank = [](const Json& one) {
    const std::string severity = text_of(one, "severity");
    return std::find(config::severity_names.begin(), config::severity_names.end(), severity);
  };
  return *std::max_element(documents.begin(), documents.end(),
                           [&](const Json& a, const Json& b) { return rank(a) < rank(b); });
}

std::string json_form(const std::vector<Json>& documents) {
  return dumped({{"schema", 1}, {"instance", documents.front().at("instance")}, {"alerts", documents}});
}

std::string slack_form(const std::vector<Json>& documents) {
  std::string text;
  for (const Json& one : documents) {
    const std::string severity = text_of(one, "severity");
    const bool over = text_of(one, "what") == "cleared";
    const char* sign = over                     ? ":white_check_mark:"
                       : severity == "critical" ? ":rotating_light:"
                       : severity == "warning"  ? ":warning:"
                                                : ":information_source:";
    std::string line;
    for (const char c : line_of(one)) {  // what Slack takes for markup
      if (c == '&') line += "&amp;";
      else if (c == '<') line += "&lt;";
      else if (c == '>') line += "&gt;";
      else line += c;
    }
    text += (text.empty() ? "" : "\n") + fmt::format("{} *{}* {}", sign, text_of(one, "instance"), line);
  }
  return dumped({{"text", text}});
}

std::string email_form(const std::vector<Json>& documents, const config::AlertTarget& target, TimeNs now) {
  const Json& worst = worst_of(documents);
  std::string subject = one_line(
      fmt::format("[{}] {}: {}", text_of(worst, "severity"), text_of(worst, "instance"), text_of(worst, "text")));
  if (subject.size() > subject_length_max) subject = subject.substr(0, subject_length_max) + "...";
  if (documents.size() > 1) subject += fmt::format(" (and {} more)", documents.size() - 1);
  std::string to;
  for (const std::string& address : target.to) to += (to.empty() ? "" : ", ") + std::string("<") + address + ">";
  const time_t seconds = now.ns / 1'000'000'000;
  tm utc{};
  ::gmtime_r(&seconds, &utc);
  char date[64];
  ::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &utc);
  const std::size_t at = target.from.rfind('@');
  std::string text = fmt::format(
      "From: Bulwark <{}>\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}.{}.{}@{}>\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nAuto-Submitted: auto-generated\r\n\r\n",
      target.from, to, subject, date, text_of(worst, "instance"), worst.value("id", std::uint64_t{0}), now.ns,
      at == std::string::npos ? "localhost" : target.from.substr(at + 1));
  for (const Json& one : documents) text += line_of(one) + fmt::format(" [alert {}]\r\n\r\n", number_words(one["id"]));
  text += "To acknowledge: bulwark alerts acknowledge ID --operator NAME --instance " +
          text_of(documents.front(), "instance") + "\r\n";
  return text;
}

std::string syslog_form(const Json& document) {
  constexpr int daemon = 3 << 3;
  const std::string severity = text_of(document, "severity");
  const int level = severity == "critical" ? 2 : severity == "warning" ? 4 : 6;
  return fmt::format("<{}>bulwark[{}]: {}: {}", daemon | level, ::getpid(), text_of(document, "instance"),
                     line_of(document));
}

}  // namespace bulwark::alerts
