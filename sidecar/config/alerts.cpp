// SPDX-License-Identifier: Apache-2.0
// The table [alerts]: where people are told of what happens, from which severity on, and how often.
#include "sidecar/config/alerts.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "sidecar/config/reading.h"
#include "sidecar/config/spelling.h"
#include "sidecar/config/zone.h"

namespace bulwark::config {
namespace {

using Kind = AlertTarget::Kind;
using Texts = std::initializer_list<std::string_view>;

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t group_s_max = 4;  // an alert is on its way within 5 s
constexpr std::size_t target_count_max = 100;

std::vector<std::string> rule_names() {
  std::vector<std::string> names;
  for (const AlertRule& rule : alert_rules) names.emplace_back(rule.name);
  return names;
}

class AlertsReader {
public:
  AlertsReader(Section& section, const std::string& timezone, const std::string& directory, Report& report)
      : section_(section), timezone_(timezone), directory_(directory), report_(report) {}

  Alerts read() {
    alerts_.escalate_to = section_.texts("escalate_to");
    alerts_.escalate_after_s = section_.integer("escalate_after_s", alerts_.escalate_after_s, 0, day_s);
    alerts_.repeat_s = section_.integer("repeat_s", alerts_.repeat_s, 1, day_s);
    alerts_.group_s = section_.integer("group_s", alerts_.group_s, 0, group_s_max);
    alerts_.rate_per_minute = section_.integer("rate_per_minute", alerts_.rate_per_minute, 1, 1'000);
    read_quiet();
    each("rule", [this](Section& rule, const std::string& name) { read_rule(rule, name); });
    each("to", [this](Section& target, const std::string& name) { read_target(target, name); });
    check_targets();
    section_.finish();
    return std::move(alerts_);
  }

private:
  template <class Read>
  void each(std::string_view what, Read read) {
    Section tables(report_, section_.table(what), section_.path_of(what), section_.place());
    for (const Node& child : tables.children()) {
      const Node* table = tables.table(child.key);
      if (table == nullptr) continue;
      Section one(report_, table, tables.path_of(child.key), table->place);
      read(one, child.key);
    }
  }

  void read_quiet() {
    const Node* node = section_.table("quiet");
    if (node == nullptr) return;
    Section quiet(report_, node, section_.path_of("quiet"), node->place);
    const auto time_of_day = [&](std::string_view key) {
      quiet.require(key, "a time of day as \"HH:MM\"");
      const std::string text = quiet.text(key).value_or("00:00");
      const std::optional<std::int64_t> seconds = time_of_day_s(text);
      if (!seconds) quiet.mistake(key, fmt::format("found {}; allowed is a time of day as \"HH:MM\"", shown(text)));
      return seconds.value_or(0);
    };
    alerts_.quiet.start_s = time_of_day("start");
    alerts_.quiet.end_s = time_of_day("end");
    const std::string name = quiet.text("timezone", timezone_);
    if (auto offsets = zone_offsets(name)) alerts_.quiet.zone = std::move(*offsets);
    else
      quiet.mistake("timezone", fmt::format("this machine's time zone database (package tzdata) has no {}{}",
                                            shown(name), suggestion(name, zone_names())));
    quiet.finish();
  }

  std::optional<Severity> read_severity(Section& from) {
    const std::optional<std::string> word = from.text("severity");
    if (!word) return std::nullopt;
    const auto found = std::find(severity_names.begin(), severity_names.end(), *word);
    if (found != severity_names.end()) return static_cast<Severity>(found - severity_names.begin());
    from.mistake("severity", fmt::format("found {}; allowed are \"info\", \"warning\" and \"critical\"{}", shown(*word),
                                         suggestion(*word, {"info", "warning", "critical"})));
    return std::nullopt;
  }

  void read_rule(Section& rule, const std::string& name) {
    const std::optional<std::size_t> index = alert_rule_index(name);
    if (!index) {
      const std::string help = suggestion(name, rule_names());
      return report_.mistake(
          rule.place(), "alerts.rule." + key_text(name),
          fmt::format("no rule is named {}{}", shown(name), help.empty() ? "; docs/alerts.md lists them" : help));
    }
    AlertRule& setting = alerts_.rules[*index];
    setting.severity = read_severity(rule).value_or(setting.severity);
    setting.off = rule.boolean("off", setting.off);
    if (setting.max != 0) setting.max = rule.integer("max", setting.max, 1, 1'000'000'000'000);
    rule.finish();
  }

  // What stands in the file, or in the file that it names; never told again.
  Secret read_secret(Section& from, const std::string& key) {
    Secret secret;
    if (const Node* node = from.node(key)) {
      Node hidden = *node;
      const std::optional<std::string> text = text_of(*node);
      if (!text || text->empty()) from.mistake(key, "is no text in quotes, or empty");
      hidden.kind = config::Kind::String;
      hidden.text = "(not shown)";
      note_value(report_, from.path_of(key), hidden);
      secret.value = text.value_or("");
    }
    if (const auto file = from.text(key + "_file")) secret.file = absolute_path(*file, directory_);
    if (!secret.value.empty() && !secret.file.empty())
      from.mistake(key, fmt::format("stands beside {}_file: only one of them may be given", key));
    return secret;
  }

  Secret read_url(Section& from, const std::string& key, Texts schemes, std::string_view allowed) {
    Secret url = read_secret(from, key);
    const auto fits = [&](std::string_view scheme) { return url.value.starts_with(scheme); };
    if (!url.value.empty() && std::none_of(schemes.begin(), schemes.end(), fits))
      from.mistake(key, fmt::format("allowed is {}", allowed));
    return url;
  }

  void read_target(Section& from, const std::string& name) {
    AlertTarget target;
    target.name = name;
    names_.push_back(name);
    const std::string path = "alerts.to." + key_text(name);
    if (!usable_name(name))
      report_.mistake(from.place(), path, fmt::format("found {}; allowed is {}", shown(name), name_words));
    target.severity = read_severity(from);
    target.rules = from.texts("rules");
    for (const std::string& rule : target.rules) {
      if (!alert_rule_index(rule))
        from.mistake("rules", fmt::format("no rule is named {}{}", shown(rule), suggestion(rule, rule_names())));
    }
    const auto kinds = std::count_if(kind_keys.begin(), kind_keys.end(), [&](const auto& kind) {
      const bool there = from.node(kind.first) != nullptr || from.node(std::string(kind.first) + "_file") != nullptr;
      if (there) target.kind = kind.second;
      return there;
    });
    if (kinds != 1) {
      report_.mistake(from.place(), path, "a destination has one of webhook, slack, email, syslog, command and redis");
      return;
    }
    read_way(from, target);
    from.finish();
    alerts_.targets.push_back(std::move(target));
  }

  void read_way(Section& from, AlertTarget& target) {
    constexpr std::string_view http = "https://HOST/PATH or http://HOST/PATH";
    switch (target.kind) {
      case Kind::Webhook: target.address = read_url(from, "webhook", {"https://", "http://"}, http); break;
      case Kind::Slack: target.address = read_url(from, "slack", {"https://", "http://"}, http); break;
      case Kind::Redis:
        target.address = read_url(from, "redis", {"redis://", "unix:///"}, "redis://HOST:PORT or unix:///PATH");
        break;
      case Kind::Email: read_email(from, target); break;
      case Kind::Syslog: read_syslog(from, target); break;
      default:
        target.command = from.texts("command");
        if (target.command.empty()) from.mistake("command", "is empty; allowed is [\"PROGRAM\", \"ARGUMENT\", ...]");
    }
  }

  void read_email(Section& from, AlertTarget& target) {
    target.server = from.text("email", "");
    if (!target.server.starts_with("smtp://") && !target.server.starts_with("smtps://"))
      from.mistake("email", fmt::format("found {}; allowed is smtp://HOST:PORT or smtps://HOST:PORT; a name and a "
                                        "password go into user and password",
                                        target.server.find('@') == std::string::npos ? shown(target.server) : "an @"));
    from.require("from", "the address that the e-mail is from");
    from.require("to", "the addresses of those who get it, like [\"desk@example.com\"]");
    target.from = from.text("from", "");
    target.to = from.texts("to");
    std::vector<std::string> addresses = target.to;
    if (from.node("from") != nullptr) addresses.push_back(target.from);
    for (const std::string& address : addresses) {
      const bool plain =
          !address.empty() && printable_ascii(address) && address.find_first_of(" <>\",;") == std::string::npos;
      if (!plain)
        from.mistake("to", fmt::format("found {}; allowed is an address like desk@example.com", shown(address)));
    }
    target.starttls = from.boolean("starttls", false);
    target.user = from.text("user", "");
    target.password = read_secret(from, "password");
    const bool secret_way = target.starttls || target.server.starts_with("smtps://");
    if (target.password.given() && !secret_way)
      from.mistake("password", "would be sent in the open; it needs smtps:// or starttls = true");
  }

  // true: the machine's own log; a path: the socket of another.
  static void read_syslog(Section& from, AlertTarget& target) {
    const Node* node = from.node("syslog");
    if (node->kind == config::Kind::Boolean) {
      if (from.boolean("syslog", true)) target.socket = "/dev/log";
      else from.mistake("syslog", "found false; allowed are true and the path of a socket");
      return;
    }
    target.socket = from.text("syslog").value_or("");
    constexpr std::size_t path_max = 107;  // of a Unix socket
    if (!target.socket.starts_with('/') || target.socket.size() > path_max)
      from.mistake("syslog", fmt::format("found {}; allowed are true and the path of a socket", shown(target.socket)));
  }

  void check_targets() {
    const std::vector<std::string>& names = names_;
    for (const std::string& name : alerts_.escalate_to) {
      if (std::find(names.begin(), names.end(), name) == names.end())
        section_.mistake("escalate_to",
                         fmt::format("no destination is named {}{}", shown(name), suggestion(name, names)));
    }
    if (names.size() > target_count_max)
      section_.mistake("to", fmt::format("found {} destinations; allowed are {}", names.size(), target_count_max));
    // Who is only there for what nobody has acknowledged hears nothing else, unless asked for.
    for (AlertTarget& target : alerts_.targets) {
      const auto& last = alerts_.escalate_to;
      const bool escalated = std::find(last.begin(), last.end(), target.name) != last.end();
      if (!target.severity && !escalated) target.severity = Severity::Warning;
    }
  }

  static constexpr std::array<std::pair<std::string_view, Kind>, 6> kind_keys{{{"webhook", Kind::Webhook},
                                                                               {"slack", Kind::Slack},
                                                                               {"email", Kind::Email},
                                                                               {"syslog", Kind::Syslog},
                                                                               {"command", Kind::Command},
                                                                               {"redis", Kind::Redis}}};
  Section& section_;
  const std::string &timezone_, &directory_;
  Report& report_;
  Alerts alerts_;
  std::vector<std::string> names_;  // of destinations, also of those with mistakes
};

}  // namespace

Alerts read_alerts(Section& section, const std::string& timezone, const std::string& directory, Report& report) {
  if (!section.present()) return {};
  return AlertsReader(section, timezone, directory, report).read();
}

}  // namespace bulwark::config
