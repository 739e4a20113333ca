// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/kelly.h"

#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <stdexcept>

namespace bulwark::analytics {

double kelly_binary(double probability, double win, double loss) {
  return probability / loss - (1 - probability) / win;
}

double kelly_continuous(double excess_mean, double variance) { return excess_mean / variance; }

double kelly_growth(double fraction, double excess_mean, double variance, double risk_free) {
  return risk_free + fraction * excess_mean - fraction * fraction * variance / 2;
}

double kelly_log_optimal(const Eigen::VectorXd& excess_returns) {
  if (excess_returns.size() == 0 || !excess_returns.allFinite())
    throw std::invalid_argument("Kelly needs finite returns");
  const double best = excess_returns.maxCoeff(), worst = excess_returns.minCoeff();
  if (!(best > 0) || !(worst < 0))
    throw std::invalid_argument("no return is on the other side of zero: there is no largest stake that grows fastest");
  // Between ruin by the best return (short) and by the worst (long) the slope falls from +infinity to -infinity.
  const auto slope = [&](double f) { return (excess_returns.array() / (1 + f * excess_returns.array())).sum(); };
  const double inside = 1 - 1e-12, low = -inside / best, high = -inside / worst;
  std::uintmax_t steps = 200;
  const boost::math::tools::eps_tolerance<double> precise(53);
  const auto bracket = boost::math::tools::toms748_solve(slope, low, high, precise, steps);
  return (bracket.first + bracket.second) / 2;
}

}  // namespace bulwark::analytics
