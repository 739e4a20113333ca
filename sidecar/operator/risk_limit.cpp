// SPDX-License-Identifier: Apache-2.0
#include "sidecar/operator/risk_limit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "shm/words.h"
#include "sidecar/config/csv.h"
#include "sidecar/config/spelling.h"
#include "sidecar/operator/command.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/request.h"

namespace bulwark::command {

namespace {

using config::shown;

double number(int128 raw) { return static_cast<double>(raw) / static_cast<double>(unit); }

const core::Limit& find(const std::vector<core::Limit>& limits, const std::string& name) {
  const auto found =
      std::find_if(limits.begin(), limits.end(), [&](const core::Limit& one) { return one.name == name; });
  if (found != limits.end()) return *found;
  std::vector<std::string> names;
  for (const core::Limit& limit : limits) names.push_back(limit.name);
  throw risk::Mistake(fmt::format("--reverse: no limit of the configuration is named {}{}", shown(name),
                                  config::suggestion(name, names)));
}

// The positions are one book: a limit on a part of it, or on each of several, says nothing of the whole.
void check_place(const core::Limit& limit, std::size_t accounts) {
  core::On others = limit.on;
  if (accounts == 1) others.account.clear();
  if (others == core::On{}) return;
  throw risk::Mistake(
      fmt::format("--reverse: limit {} stands on a part of the book; needed is one on nothing, or on the only account",
                  shown(limit.name)));
}

}  // namespace

bool read_reverse(const std::string& amount_or_limit, const std::string& config, risk::Request& request) {
  if (const auto amount = config::number_of(amount_or_limit)) {
    request.reverse_loss = *amount;
    return true;
  }
  if (config.empty()) {
    throw risk::Mistake(fmt::format("--reverse: found {}; needed is an amount, or with --config FILE a limit's name",
                                    shown(amount_or_limit)));
  }
  Options options;
  options.config = config;
  const std::optional<config::Settings> settings = load_settings(options);
  if (!settings) return false;
  const core::Rules& rules = settings->rules;
  const core::Limit& limit = find(rules.limits, amount_or_limit);
  constexpr std::array losses{Metric::DailyLoss, Metric::StressLoss, Metric::Var, Metric::Es, Metric::Drawdown};
  if (std::find(losses.begin(), losses.end(), limit.metric) == losses.end()) {
    throw risk::Mistake(
        fmt::format("--reverse: limit {} is on {}, and its max is no loss; needed is one on daily_loss, "
                    "drawdown, var, es or stress_loss",
                    shown(limit.name), name_of(metric_names, limit.metric)));
  }
  check_place(limit, rules.accounts.size());
  if (limit.max == 0)
    throw risk::Mistake(fmt::format("--reverse: limit {} has a max of 0: any loss breaks it", shown(limit.name)));
  int128 configured = 0;
  for (const core::Account& account : rules.accounts) configured += account.equity.raw;
  request.reverse_limit = risk::LossLimit{limit.name, number(limit.max), limit.metric == Metric::Drawdown,
                                          request.equity.value_or(number(configured))};
  return true;
}

}  // namespace bulwark::command
