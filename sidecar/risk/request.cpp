// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/request.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "sidecar/config/csv.h"
#include "sidecar/config/spelling.h"
#include "sidecar/risk/mistake.h"

namespace bulwark::risk {

namespace {

bool in(const Family& family, const std::string& name) {
  return std::find(family.begin(), family.end(), name) != family.end();
}

void check_date(const char* option, const std::string& date) {
  if (date.empty() || config::is_date(date)) return;
  throw Mistake(fmt::format("{}: found {}; needed is a date, like 2024-01-31", option, config::shown(date)));
}

void need(bool holds, const char* option, double found, const char* allowed) {
  if (!holds) throw Mistake(fmt::format("{}: found {}; allowed is {}", option, found, allowed));
}

}  // namespace

std::vector<std::string> Request::named(const Family& family) const {
  std::vector<std::string> result;
  for (const std::string& name : conventions) {
    if (in(family, name) && !in(result, name)) result.push_back(name);
  }
  if (result.empty()) result.push_back(family.front());
  return result;
}

void check(const Request& request) {
  Family known;
  for (const Family* family : {&quantile_family, &tail_family, &mean_family, &shrinkage_family, &filter_family,
                               &coverage_family, &kelly_family}) {
    for (const std::string& name : *family) {
      if (!in(known, name)) known.push_back(name);
    }
  }
  for (const std::string& name : request.conventions) {
    if (in(known, name)) continue;
    throw Mistake(fmt::format("--convention: {} is unknown{}; known are {}", config::shown(name),
                              config::suggestion(name, known), fmt::join(known, ", ")));
  }
  check_date("--from", request.from);
  check_date("--to", request.to);
  check_date("--as-of", request.as_of);
  for (const double confidence : request.confidences) {
    need(confidence >= 0.5 && confidence < 1, "--confidence", confidence, "from 0.5 to below 1 (0.99 is 99 %)");
  }
  const double lambda = request.decay();
  need(lambda > 0 && lambda < 1, "--lambda", lambda, "between 0 and 1");
  need(request.degrees > 2, "--degrees", request.degrees, "above 2 (the variance is infinite up to there)");
  need(request.horizon_days > 0, "--horizon", request.horizon_days, "above 0");
  need(request.window != 1, "--window", 1, "2 returns or more");
  need(request.draws >= 1'000, "--draws", static_cast<double>(request.draws), "1000 or more");
  need(request.states >= 2 && request.states <= 8, "--states", request.states, "2 to 8");
  need(request.largest_fraction.value_or(1) > 0, "--max-fraction", request.largest_fraction.value_or(1), "above 0");
  need(request.gross_fraction.value_or(1) > 0, "--max-gross", request.gross_fraction.value_or(1), "above 0");
  const double share = request.correlation_share.value_or(1), times = request.volatility_times.value_or(1);
  need(share >= 0 && share <= 1, "--correlations-to-one", share, "from 0 to 1");
  need(times > 0, "--volatility-times", times, "above 0");
  need(request.reverse_loss.value_or(1) > 0, "--reverse", request.reverse_loss.value_or(1), "above 0");
  need(!request.equity || *request.equity > 0, "--equity", request.equity.value_or(0), "above 0");
}

}  // namespace bulwark::risk
