// SPDX-License-Identifier: Apache-2.0
#include "sidecar/process/backtest.h"

#include <algorithm>

#include "core/analytics/backtest.h"

namespace bulwark::process {

static shm::RiskZone zone_of(analytics::Zone zone) {
  switch (zone) {
    case analytics::Zone::Green: return shm::RiskZone::Green;
    case analytics::Zone::Yellow: return shm::RiskZone::Yellow;
    case analytics::Zone::Red: return shm::RiskZone::Red;
  }
  return shm::RiskZone::Unknown;
}

shm::RiskBacktest backtest_of(const std::vector<SessionRecord::Observation>& observations) {
  shm::RiskBacktest result{};
  std::vector<bool> hits;
  std::uint32_t actual = 0;
  double confidence = 0;  // of the last one that was observed
  // The newest first, so that the latest are kept; then in their order.
  for (auto one = observations.rbegin(); one != observations.rend() && hits.size() < backtest_sessions_max; ++one) {
    if (!(one->var > 0)) {
      ++result.missed;
      continue;
    }
    if (hits.empty()) confidence = one->confidence;
    if (one->confidence != confidence) break;  // before that it was another VaR
    hits.push_back(-one->frozen > one->var);
    actual += -one->actual > one->var ? 1 : 0;
  }
  if (hits.empty()) return result;
  std::reverse(hits.begin(), hits.end());
  const double tail = 1 - confidence;
  const auto sessions = static_cast<std::int64_t>(hits.size()), found = std::count(hits.begin(), hits.end(), true);
  result.sessions = static_cast<std::uint32_t>(sessions);
  result.frozen_exceptions = static_cast<std::uint32_t>(found);
  result.actual_exceptions = actual;
  const analytics::Test kupiec = analytics::kupiec(found, sessions, tail);
  result.kupiec = kupiec.statistic;
  result.kupiec_p = kupiec.p_value;
  if (sessions > 1) {
    const analytics::Test independence = analytics::independence(analytics::transitions_of(hits));
    const analytics::Test coverage = analytics::conditional_coverage_sum(hits, tail);
    result.independence = independence.statistic;
    result.independence_p = independence.p_value;
    result.coverage = coverage.statistic;
    result.coverage_p = coverage.p_value;
  }
  const analytics::TrafficLight light = analytics::traffic_light(found, sessions, tail);
  result.zone = zone_of(light.zone);
  result.multiplier = light.multiplier.value_or(0);
  return result;
}

double tightening_of(const shm::RiskBacktest& backtest) {
  constexpr double usual = 3, first_step = 3.4, last_step = 4;
  switch (backtest.zone) {
    case shm::RiskZone::Yellow: return (backtest.multiplier > usual ? backtest.multiplier : first_step) / usual;
    case shm::RiskZone::Red: return last_step / usual;
    default: return 1;
  }
}

}  // namespace bulwark::process
