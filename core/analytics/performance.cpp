// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/performance.h"

#include <cmath>
#include <stdexcept>

#include "core/analytics/drawdown.h"

namespace bulwark::analytics {
namespace {

std::optional<double> ratio(double above, double below) {
  return below > 0 ? std::optional(above / below) : std::nullopt;
}

}  // namespace

Performance performance(const Eigen::VectorXd& returns, double risk_free, double days_a_year) {
  if (returns.size() < 2) throw std::invalid_argument("performance needs at least two returns");
  const Drawdowns falls = drawdowns(returns);
  const auto count = static_cast<double>(returns.size());
  const double mean = returns.mean(), year = std::sqrt(days_a_year);
  const Eigen::ArrayXd deviations = returns.array() - mean, excess = returns.array() - risk_free;
  const double squares = deviations.square().sum(), population = squares / count;
  const double deviation = std::sqrt(squares / (count - 1));
  Performance result{};
  result.total_return = falls.final_wealth - 1;
  result.annual_return = std::pow(falls.final_wealth, days_a_year / count) - 1;
  result.annual_volatility = deviation * year;
  result.best = returns.maxCoeff();
  result.worst = returns.minCoeff();
  result.share_positive = static_cast<double>((returns.array() > 0).count()) / count;
  result.sharpe = ratio(excess.mean() * year, deviation);
  result.sortino = ratio(excess.mean() * year, std::sqrt(excess.min(0).square().mean()));
  result.calmar = ratio(result.annual_return, falls.deepest);
  result.skewness = ratio(deviations.cube().mean(), std::pow(population, 1.5));
  const auto fourth = ratio(deviations.square().square().mean(), population * population);
  if (fourth) result.excess_kurtosis = *fourth - 3;
  return result;
}

Run worst_run(const Eigen::VectorXd& returns, Eigen::Index days) {
  const Eigen::VectorXd path = wealth(returns);
  Run worst{path[days] / path[0] - 1, days - 1};
  for (Eigen::Index end = days + 1; end < path.size(); ++end) {
    const double compounded = path[end] / path[end - days] - 1;
    if (compounded < worst.compounded) worst = {compounded, end - 1};
  }
  return worst;
}

}  // namespace bulwark::analytics
