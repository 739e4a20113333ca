// SPDX-License-Identifier: Apache-2.0
// Whether a VaR held: on each day a hit (the loss passed the VaR) or none. Likelihood ratios in logarithms, 0 log 0 =
// 0.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <vector>

namespace bulwark::analytics {

struct Test {
  double statistic = 0, p_value = 1;
};

// The proportion of failures. `tail`: the share of days on which a hit is expected. Precondition: observations above 0.
Test kupiec(std::int64_t hits, std::int64_t observations, double tail);

// n00: a day without a hit, then one without; n01: without, then with; and so on.
struct Transitions {
  std::int64_t n00 = 0, n01 = 0, n10 = 0, n11 = 0;
};
Transitions transitions_of(const std::vector<bool>& hits);

// Whether a hit makes the next more likely; over the transitions. No transition from a hit, or none without: 0.
Test independence(const Transitions& transitions);

// Both at once. Sum: kupiec over all days plus independence. Joint: kupiec over the transitions only, which is the
// exact likelihood ratio given the first day (Christoffersen 1998).
Test conditional_coverage_sum(const std::vector<bool>& hits, double tail);
Test conditional_coverage_joint(const std::vector<bool>& hits, double tail);

enum class Zone { Green, Yellow, Red };
struct TrafficLight {
  Zone zone = Zone::Red;
  double cumulative = 0;             // the probability of so many hits or fewer, the model being right
  double at_least = 0;               // of so many or more
  std::optional<double> multiplier;  // defined for 250 days at 99 % only
};
// Basel Committee, January 1996: yellow from 95 %, red from 99.99 %.
TrafficLight traffic_light(std::int64_t hits, std::int64_t observations, double tail);

// Expected 0; negative where the ES was too small. Z1 is of the hits alone, and not there without one.
struct ShortfallTest {
  std::optional<double> z1;
  double z2 = 0;
};
// `pnl`: losses negative; `var`, `es`: positive.
ShortfallTest acerbi_szekely(const Eigen::VectorXd& pnl, const Eigen::VectorXd& var, const Eigen::VectorXd& es,
                             double tail);

}  // namespace bulwark::analytics
