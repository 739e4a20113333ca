// SPDX-License-Identifier: Apache-2.0
// [alerts]: what people are told, and where. No decision rests on it, so that the journal does not keep it.
// docs/alerts.md says what each of these means to a user.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/rules.h"

namespace bulwark::config {

enum class Severity : std::uint8_t { Info, Warning, Critical };
inline constexpr std::array<std::string_view, 3> severity_names{"info", "warning", "critical"};

// `max` 0: the rule knows no number.
struct AlertRule {
  std::string_view name;
  Severity severity = Severity::Warning;
  std::int64_t max = 0;
  bool off = false;
  friend bool operator==(const AlertRule&, const AlertRule&) = default;
};

using AlertRules = std::array<AlertRule, 25>;
inline constexpr AlertRules alert_rules{
    {{"breach", Severity::Critical},       {"warning", Severity::Warning},
     {"state", Severity::Critical},        {"stop", Severity::Critical},
     {"resume", Severity::Info},           {"override", Severity::Warning},
     {"equity", Severity::Warning},        {"liquidation", Severity::Critical},
     {"remark", Severity::Info},           {"client", Severity::Critical},
     {"lease", Severity::Critical},        {"process", Severity::Critical},
     {"restarts", Severity::Critical, 3},  // starts of the sidecar in 10 minutes
     {"journal", Severity::Critical},      {"journal_lag", Severity::Warning, 100'000},  // records
     {"disk", Severity::Warning},          {"ledger", Severity::Warning, 1'000'000},     // records
     {"stale_marks", Severity::Warning},   {"drift", Severity::Warning},
     {"model", Severity::Warning},         {"backtest", Severity::Warning},
     {"refusals", Severity::Warning, 600},  // in a minute
     {"configuration", Severity::Info},    {"unread", Severity::Critical},
     {"alerts", Severity::Warning}}};

// Nothing: there is no such rule.
constexpr std::optional<std::size_t> alert_rule_index(std::string_view name) {
  for (std::size_t k = 0; k < alert_rules.size(); ++k) {
    if (alert_rules[k].name == name) return k;
  }
  return std::nullopt;
}

// Given as it is, or as the name of a file that has it; never shown.
struct Secret {
  std::string value, file;
  bool given() const { return !value.empty() || !file.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;
};

struct AlertTarget {
  enum class Kind : std::uint8_t { None, Webhook, Slack, Email, Syslog, Command, Redis };
  std::string name;
  Kind kind = Kind::None;
  Secret address;               // of a webhook, slack, redis: its URL
  std::string server;           // of e-mail: smtp://HOST:PORT
  std::string from;             // ... and who it says that it is from
  std::vector<std::string> to;  // ... and who gets it
  bool starttls = false;
  std::string user;  // empty: without a log-in
  Secret password;
  std::string socket;                // of syslog
  std::vector<std::string> command;  // program and arguments
  std::optional<Severity> severity;  // from which on; nothing: only what was escalated
  std::vector<std::string> rules;    // only these; empty: all
  friend bool operator==(const AlertTarget&, const AlertTarget&) = default;
};

struct QuietHours {
  std::int64_t start_s = 0, end_s = 0;  // since midnight; the same: there are none
  std::vector<core::ZoneOffset> zone;
  friend bool operator==(const QuietHours&, const QuietHours&) = default;
};

struct Alerts {
  std::vector<AlertTarget> targets;
  AlertRules rules = alert_rules;
  std::vector<std::string> escalate_to;  // empty: to those who were told already
  std::int64_t escalate_after_s = 120;   // 0: never
  std::int64_t repeat_s = 120;
  std::int64_t group_s = 1;
  std::int64_t rate_per_minute = 10;
  QuietHours quiet;
  friend bool operator==(const Alerts&, const Alerts&) = default;
};

}  // namespace bulwark::config
