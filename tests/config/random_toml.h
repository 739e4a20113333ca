// SPDX-License-Identifier: Apache-2.0
// Random configurations that are right, written in all the ways that TOML allows.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "core/metric.h"
#include "shm/decimal.h"
#include "shm/words.h"

namespace bulwark::config {

class RandomToml {
public:
  explicit RandomToml(std::uint64_t seed) : random_(seed) {}

  struct Files {
    std::string toml, instruments;
  };

  Files next() {
    symbols_ = names(below(6), "SYM");
    sectors_ = names(below(3), "Sec");
    accounts_ = names(below(4), "ACC");
    strategies_ = names(below(4), "strat");
    Files files;
    files.instruments = instruments();
    std::vector<std::string> parts{instance(), marks(), "[instruments]\nfile = \"instruments.csv\"\n", rates(),
                                   lists()};
    for (const std::string& name : accounts_)
      parts.push_back("[account." + quote(name) + "]\n" + maybe("equity", decimal(1'000'000)));
    for (const std::string& name : strategies_) {
      const std::string account = accounts_.empty() ? "" : maybe("account", quote(pick(accounts_)));
      parts.push_back("[strategy." + quote(name) + "]\n" + account);
    }
    for (const std::string& name : names(below(8), "limit")) parts.push_back(limit(name));
    std::shuffle(parts.begin(), parts.end(), random_);
    for (const std::string& part : parts) files.toml += part + (chance() ? "\n# a comment\n" : "");
    return files;
  }

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  bool chance() { return below(2) == 0; }

private:
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

  static std::string quote(const std::string& text) {
    return text.find('\'') == std::string::npos ? "'" + text + "'" : "\"" + text + "\"";
  }

  // Names with everything that has to be escaped somewhere: dots, quotes, backslashes, spaces, slashes.
  std::vector<std::string> names(std::size_t count, const std::string& stem) {
    const std::vector<std::string> endings{"", ".x", " y", "/USD", "\"q\"", "\\b", "=", "#", "]", "$", "-_", "\\\"\\"};
    std::vector<std::string> result;
    for (std::size_t i = 0; i < count; ++i) result.push_back(stem + std::to_string(i) + pick(endings));
    std::shuffle(result.begin(), result.end(), random_);
    return result;
  }

  std::string decimal(std::int64_t whole_max) {
    const std::int64_t whole = std::uniform_int_distribution<std::int64_t>(0, whole_max)(random_);
    const std::int64_t part = chance() ? 0 : static_cast<std::int64_t>(below(static_cast<std::size_t>(unit)));
    const std::string text = format_decimal(static_cast<int128>(whole) * unit + part + 1);
    return chance() ? text : "\"" + text + "\"";
  }

  std::string maybe(const std::string& key, const std::string& value) {
    return chance() ? key + " = " + value + "\n" : "";
  }

  std::string instance() {
    const std::vector<std::string> zones{"UTC", "America/New_York", "Europe/London", "Australia/Lord_Howe",
                                         "Asia/Tokyo"};
    std::string text = "[instance]\nname = \"desk-" + std::to_string(below(100)) + "\"\n";
    text += maybe("base_currency", chance() ? "'EUR'" : "'USD'");
    text += maybe("session", "{ timezone = '" + pick(zones) + "', start = '" + std::to_string(10 + below(10)) + ":3" +
                                 std::to_string(below(10)) + "' }");
    text += maybe("mode", chance() ? "'spin'" : "'adaptive'") + maybe("lease_ms", std::to_string(1 + below(80)));
    text += maybe("strict_jitter", "true") + maybe("cpu", std::to_string(below(64)));
    return text + maybe("kill_unacknowledged_ms", std::to_string(below(1000)));
  }

  std::string marks() {
    return "[marks]\n" + maybe("stale_after_ms", std::to_string(1 + below(9999))) +
           maybe("market_slippage", "0.0" + std::to_string(1 + below(999)));
  }

  std::string instruments() {
    std::string text = "symbol,sector,currency,multiplier,tick_size,lot_size,adv\n";
    for (const std::string& symbol : symbols_) {
      const auto field = [&](const std::string& value) { return "," + (chance() ? value : std::string{}); };
      text += symbol + "," + (sectors_.empty() ? "" : pick(sectors_)) + field("JPY") + field("0.33333333") +
              field("0.25") + field("100") + field(std::to_string(1 + below(1'000'000))) + (chance() ? "\r\n" : "\n");
    }
    return text;
  }

  std::string rates() { return "[fx]\nJPY = " + decimal(100) + "\n" + maybe("CHF", decimal(2)); }

  std::string lists() {
    if (symbols_.empty()) return chance() ? "[locate]\n" : "";
    std::string text = maybe("[restricted]\nsymbols", "[" + quote(pick(symbols_)) + "]");
    return text + (chance() ? "[locate]\n" + quote(symbols_[0]) + " = " + decimal(1000) + "\n" : "");
  }

  std::string limit(const std::string& name) {
    const auto metric = static_cast<Metric>(1 + below(metric_names.size() - 1));
    std::string on;
    const auto place = [&](const std::string& key, const std::vector<std::string>& known) {
      if (!chance() || known.empty()) return;
      on += (on.empty() ? "" : ", ") + key + " = " + (chance() ? "'*'" : quote(pick(known)));
    };
    place("account", accounts_);
    if (metric != Metric::Drawdown) {
      place("symbol", symbols_);
      place("strategy", strategies_);
      if (metric <= Metric::OpenOrders) place("client", {"anyone"});
    }
    std::string text = "[limit." + quote(name) + "]\n" + (on.empty() ? "" : "on = { " + on + " }\n");
    text += "metric = '" + std::string(name_of(metric_names, metric)) + "'\nmax = " + decimal(1'000'000'000) + "\n";
    if (core::needs_window(metric)) text += "window = " + decimal(604'000) + "\n";
    text += maybe("dynamic", chance() ? "true" : "false");
    if (core::has_confidence(metric)) text += maybe("confidence", "0.97");
    text += maybe("warn", "0." + std::to_string(1 + below(99)));
    if (!chance()) return text;
    const auto action = static_cast<Action>(1 + below(action_names.size() - 1));
    text += "action = '" + std::string(name_of(action_names, action)) + "'\n";
    if (action == Action::Scale) text += "factor = 0." + std::to_string(1 + below(99)) + "\n";
    return text + (action == Action::Liquidate ? maybe("to", "0." + std::to_string(below(100))) : "");
  }

  std::mt19937_64 random_;
  std::vector<std::string> symbols_, sectors_, accounts_, strategies_;
};

}  // namespace bulwark::config
