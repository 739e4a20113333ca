// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/backtest.h"

#include <algorithm>
#include <array>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>

namespace bulwark::analytics {

namespace {

double count_log(std::int64_t count, double probability) {
  return count == 0 ? 0 : static_cast<double>(count) * std::log(probability);
}

double share(std::int64_t part, std::int64_t rest) {
  return part == 0 ? 0 : static_cast<double>(part) / static_cast<double>(part + rest);
}

// Of a Bernoulli sequence.
double log_likelihood(std::int64_t misses, std::int64_t hits, double probability) {
  return count_log(misses, 1 - probability) + count_log(hits, probability);
}

Test chi_squared(double statistic, int degrees) {
  const double positive = std::max(0.0, statistic);
  const boost::math::chi_squared_distribution<double> distribution(degrees);
  return {positive, boost::math::cdf(boost::math::complement(distribution, positive))};
}

std::int64_t count_of(const std::vector<bool>& hits) { return std::count(hits.begin(), hits.end(), true); }

}  // namespace

Test kupiec(std::int64_t hits, std::int64_t observations, double tail) {
  const std::int64_t misses = observations - hits;
  return chi_squared(-2 * (log_likelihood(misses, hits, tail) - log_likelihood(misses, hits, share(hits, misses))), 1);
}

Transitions transitions_of(const std::vector<bool>& hits) {
  Transitions found;
  for (std::size_t k = 1; k < hits.size(); ++k) {
    std::int64_t& cell = hits[k - 1] ? (hits[k] ? found.n11 : found.n10) : (hits[k] ? found.n01 : found.n00);
    ++cell;
  }
  return found;
}

Test independence(const Transitions& t) {
  const std::int64_t misses = t.n00 + t.n10, hits = t.n01 + t.n11;
  const double one = log_likelihood(misses, hits, share(hits, misses));
  const double two =
      log_likelihood(t.n00, t.n01, share(t.n01, t.n00)) + log_likelihood(t.n10, t.n11, share(t.n11, t.n10));
  return chi_squared(-2 * (one - two), 1);
}

Test conditional_coverage_sum(const std::vector<bool>& hits, double tail) {
  const double coverage = kupiec(count_of(hits), static_cast<std::int64_t>(hits.size()), tail).statistic;
  return chi_squared(coverage + independence(transitions_of(hits)).statistic, 2);
}

Test conditional_coverage_joint(const std::vector<bool>& hits, double tail) {
  const Transitions t = transitions_of(hits);
  const double coverage = kupiec(t.n01 + t.n11, static_cast<std::int64_t>(hits.size()) - 1, tail).statistic;
  return chi_squared(coverage + independence(t).statistic, 2);
}

TrafficLight traffic_light(std::int64_t hits, std::int64_t observations, double tail) {
  constexpr std::array plus{0.0, 0.0, 0.0, 0.0, 0.0, 0.4, 0.5, 0.65, 0.75, 0.85};
  const boost::math::binomial_distribution<double> binomial(static_cast<double>(observations), tail);
  TrafficLight light;
  light.cumulative = boost::math::cdf(binomial, static_cast<double>(hits));
  light.at_least = hits == 0 ? 1 : boost::math::cdf(boost::math::complement(binomial, static_cast<double>(hits - 1)));
  // Of a few observations none says more than many: without an exception nothing has failed.
  light.zone = light.cumulative < 0.95 || hits == 0 ? Zone::Green
               : light.cumulative < 0.9999          ? Zone::Yellow
                                                    : Zone::Red;
  if (observations == 250 && std::abs(tail - 0.01) < 1e-12) {
    const auto place = static_cast<std::size_t>(hits);
    light.multiplier = 3 + (place < plus.size() ? plus[place] : 1.0);
  }
  return light;
}

ShortfallTest acerbi_szekely(const Eigen::VectorXd& pnl, const Eigen::VectorXd& var, const Eigen::VectorXd& es,
                             double tail) {
  double sum = 0;
  std::int64_t hits = 0;
  for (Eigen::Index day = 0; day < pnl.size(); ++day) {
    if (!(pnl[day] < -var[day])) continue;
    sum += pnl[day] / es[day];
    ++hits;
  }
  ShortfallTest test;
  if (hits > 0) test.z1 = sum / static_cast<double>(hits) + 1;
  test.z2 = sum / (static_cast<double>(pnl.size()) * tail) + 1;
  return test;
}

}  // namespace bulwark::analytics
