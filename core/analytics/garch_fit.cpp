// SPDX-License-Identifier: Apache-2.0
// The most likely GARCH(1,1), by NLopt's sequential quadratic programming with exact derivatives, from several starts.
#include <nlopt.h>

#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

#include "core/analytics/garch.h"

namespace bulwark::analytics {
namespace {

constexpr double persistence_max = 1 - 1e-6;
constexpr double omega_min = 1e-9;  // of a series whose variance is 1
constexpr double degrees_min = 2.05, degrees_max = 500;
constexpr double border = 1e-5;

// Returns whose variance is 1, so that the optimiser sees the same problem in any unit.
struct Problem {
  Eigen::VectorXd returns;
  Innovation innovation;
  unsigned size() const { return innovation == Innovation::Student ? 5 : 4; }
};

Garch garch_of(const double* x, unsigned size) { return {x[0], x[1], x[2], x[3], size == 5 ? x[4] : 0}; }

// The mean log-likelihood: tolerances do not depend on how many returns there are.
double objective(unsigned size, const double* x, double* gradient, void* data) {
  const auto& problem = *static_cast<const Problem*>(data);
  const auto count = static_cast<double>(problem.returns.size());
  Eigen::VectorXd slope(size);
  const double value = garch_likelihood(problem.returns, garch_of(x, size), problem.innovation, slope);
  if (!std::isfinite(value)) return -std::numeric_limits<double>::max();
  if (gradient != nullptr) Eigen::Map<Eigen::VectorXd>(gradient, size) = slope / count;
  return value / count;
}

double persistence(unsigned size, const double* x, double* gradient, void*) {
  if (gradient != nullptr) {
    Eigen::Map<Eigen::VectorXd>(gradient, size).setZero();
    gradient[2] = gradient[3] = 1;
  }
  return x[2] + x[3] - persistence_max;
}

struct Found {
  double value = -std::numeric_limits<double>::infinity();
  Eigen::VectorXd at;
};

Found climb(Problem& problem, Eigen::VectorXd start) {
  const unsigned size = problem.size();
  const std::unique_ptr<nlopt_opt_s, void (*)(nlopt_opt)> solver(nlopt_create(NLOPT_LD_SLSQP, size), nlopt_destroy);
  const double infinite = std::numeric_limits<double>::infinity();
  const double lower[] = {-infinite, omega_min, 0, 0, degrees_min}, upper[] = {infinite, infinite, 1, 1, degrees_max};
  nlopt_set_lower_bounds(solver.get(), lower);
  nlopt_set_upper_bounds(solver.get(), upper);
  nlopt_set_max_objective(solver.get(), objective, &problem);
  nlopt_add_inequality_constraint(solver.get(), persistence, nullptr, 0);
  nlopt_set_ftol_rel(solver.get(), 1e-14);
  nlopt_set_xtol_rel(solver.get(), 1e-10);
  nlopt_set_maxeval(solver.get(), 500);
  Found found;
  const nlopt_result result = nlopt_optimize(solver.get(), start.data(), &found.value);
  // Limited by rounding means that it stands where steps no longer help.
  if ((result < 0 && result != NLOPT_ROUNDOFF_LIMITED) || persistence(size, start.data(), nullptr, nullptr) > 1e-9)
    return {};
  found.at = std::move(start);
  return found;
}

void refuse_dirty(const Eigen::VectorXd& returns) {
  if (returns.size() < garch_returns_min)
    throw std::invalid_argument(std::to_string(returns.size()) + " returns are too few for GARCH: at least " +
                                std::to_string(garch_returns_min));
  if (!returns.allFinite()) throw std::invalid_argument("GARCH needs finite returns");
  const Eigen::Index same = (returns.array() == returns[0]).count(), still = (returns.array() == 0).count();
  if (2 * std::max(same, still) > returns.size())
    throw std::invalid_argument(std::to_string(std::max(same, still)) + " of " + std::to_string(returns.size()) +
                                " returns are the same: the series stands still too often for GARCH");
}

}  // namespace

GarchFit fit_garch(const Eigen::VectorXd& returns, Innovation innovation) {
  refuse_dirty(returns);
  const double mean = returns.mean();
  const double deviation = std::sqrt((returns.array() - mean).square().mean());
  Problem problem{returns / deviation, innovation};
  Found best;
  for (const double alpha : {0.05, 0.15, 0.3}) {
    for (const double both : {0.6, 0.9, 0.98}) {
      Eigen::VectorXd start(problem.size());
      start.head<4>() << mean / deviation, 1 - both, alpha, both - alpha;
      if (innovation == Innovation::Student) start[4] = 8;
      Found found = climb(problem, std::move(start));
      if (found.value > best.value) best = std::move(found);
    }
  }
  if (best.at.size() == 0) throw std::invalid_argument("no GARCH fits these returns: the search ended nowhere");
  Garch garch = garch_of(best.at.data(), problem.size());
  const bool at_border = garch.alpha < border || garch.alpha + garch.beta > persistence_max - border;
  garch.mu *= deviation;
  garch.omega *= deviation * deviation;
  return {garch, garch_path(returns, garch, innovation), at_border};
}

}  // namespace bulwark::analytics
