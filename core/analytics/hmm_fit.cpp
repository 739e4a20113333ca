// SPDX-License-Identifier: Apache-2.0
// Baum-Welch: from many starts a few steps each, from the best of them on to the top.
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/analytics/hmm.h"

namespace bulwark::analytics {
namespace {

constexpr int starts = 24, first_steps = 40, steps_max = 20'000;
constexpr double enough = 1e-9;  // growth of the log-likelihood in a step
constexpr double variance_min_share =
    1e-4;  // of the whole series': below it a state is one point, and its likelihood has no end

// Uniform in (0, 1), the same on every machine (the distributions of the standard library are not).
double uniform(std::mt19937_64& random) { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; }

double variance_of(const Eigen::VectorXd& x) { return (x.array() - x.mean()).square().mean(); }

GaussianHmm random_start(const Eigen::VectorXd& x, Eigen::Index states, std::mt19937_64& random) {
  GaussianHmm hmm{Eigen::VectorXd(states), Eigen::VectorXd(states), Eigen::MatrixXd(states, states)};
  const double variance = variance_of(x);
  for (Eigen::Index i = 0; i < states; ++i) {
    hmm.means[i] = x.mean() + (uniform(random) - 0.5) * std::sqrt(variance);
    hmm.variances[i] = variance * std::exp(3 * uniform(random) - 1.5);
    const double stay = uniform(random);
    for (Eigen::Index j = 0; j < states; ++j) hmm.transition(i, j) = (i == j ? stay : 0) + (1 - stay) * uniform(random);
    hmm.transition.row(i) /= hmm.transition.row(i).sum();
  }
  return hmm;
}

struct Step {
  GaussianHmm next;
  double log_likelihood;  // of the one before
  bool collapsed;
};

Step step(const GaussianHmm& hmm, const Eigen::VectorXd& x, double variance_min) {
  const Chain chain{stationary(hmm.transition), hmm.transition};
  const Filtered filtered = filter(chain, log_densities(hmm, x));
  const Eigen::MatrixXd smoothed = smooth(chain, filtered.probabilities);
  const Eigen::Index states = hmm.means.size();
  Eigen::MatrixXd pairs =
      Eigen::MatrixXd::Zero(states, states);  // expected transitions, but for the factor of the old ones
  Eigen::VectorXd from = chain.before;
  for (Eigen::Index t = 0; t < x.size(); ++t) {
    const Eigen::ArrayXd predicted = (hmm.transition.transpose() * from).array();
    const Eigen::ArrayXd now = smoothed.row(t).transpose().array();
    pairs += from * (predicted > 0).select(now / predicted, 0).matrix().transpose();
    from = filtered.probabilities.row(t).transpose();
  }
  pairs.array() *= hmm.transition.array();
  const Eigen::VectorXd weights = smoothed.colwise().sum();
  Step result{hmm, filtered.log_likelihood, !(weights.minCoeff() > 1) || !std::isfinite(filtered.log_likelihood)};
  if (result.collapsed) return result;
  result.next.transition = pairs.array().colwise() / pairs.rowwise().sum().array();
  result.next.means = (smoothed.transpose() * x).cwiseQuotient(weights);
  for (Eigen::Index i = 0; i < states; ++i) {
    const double squares = smoothed.col(i).dot((x.array() - result.next.means[i]).square().matrix());
    result.next.variances[i] = squares / weights[i];
  }
  result.collapsed = !(result.next.variances.minCoeff() > variance_min);
  return result;
}

struct Climb {
  GaussianHmm hmm;
  double log_likelihood = -std::numeric_limits<double>::infinity();
};

// Steps until they no longer help; what collapses counts as nothing.
Climb climb(const GaussianHmm& start, const Eigen::VectorXd& x, double variance_min, int steps) {
  Climb best{start};
  GaussianHmm hmm = start;
  for (int k = 0; k < steps; ++k) {
    Step next = step(hmm, x, variance_min);
    if (next.collapsed) return {};
    const double growth = next.log_likelihood - best.log_likelihood;
    if (growth > 0) best = {hmm, next.log_likelihood};
    if (growth < enough) break;
    hmm = std::move(next.next);
  }
  return best;
}

GaussianHmm calmest_first(const GaussianHmm& hmm) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(hmm.means.size()));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return hmm.variances[a] < hmm.variances[b]; });
  return {hmm.means(order), hmm.variances(order), hmm.transition(order, order)};
}

void refuse_dirty(const Eigen::VectorXd& x, Eigen::Index states) {
  if (states < 2 || states > 8)
    throw std::invalid_argument("a model of " + std::to_string(states) + " states: 2 to 8 are possible");
  if (x.size() < hmm_observations_min)
    throw std::invalid_argument(std::to_string(x.size()) + " returns are too few for regimes: at least " +
                                std::to_string(hmm_observations_min));
  if (!x.allFinite()) throw std::invalid_argument("regimes need finite returns");
  if (x.minCoeff() == x.maxCoeff())
    throw std::invalid_argument("the returns are all the same: there are no regimes in them");
}

}  // namespace

HmmFit fit_hmm(const Eigen::VectorXd& observations, Eigen::Index states, std::uint64_t seed) {
  refuse_dirty(observations, states);
  const double variance_min = variance_of(observations) * variance_min_share;
  std::mt19937_64 random(seed);
  Climb best;
  for (int k = 0; k < starts; ++k) {
    Climb found = climb(random_start(observations, states, random), observations, variance_min, first_steps);
    if (found.log_likelihood > best.log_likelihood) best = std::move(found);
  }
  if (best.hmm.means.size() != 0) best = climb(best.hmm, observations, variance_min, steps_max);
  if (best.hmm.means.size() == 0)
    throw std::invalid_argument("no " + std::to_string(states) + " regimes can be told apart in " +
                                std::to_string(observations.size()) +
                                " returns: a state would be a single point (prices that stand still?)");
  return {calmest_first(best.hmm), best.log_likelihood};
}

}  // namespace bulwark::analytics
