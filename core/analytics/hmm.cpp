// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/hmm.h"

#include <Eigen/QR>
#include <cmath>
#include <numbers>

namespace bulwark::analytics {

Filtered filter(const Chain& chain, const Eigen::MatrixXd& log_densities) {
  Filtered result{Eigen::MatrixXd(log_densities.rows(), log_densities.cols()), 0};
  Eigen::VectorXd now = chain.before;
  for (Eigen::Index t = 0; t < log_densities.rows(); ++t) {
    // Relative to the likeliest state: an observation far from all of them underflows in none of the digits that count.
    const double largest = log_densities.row(t).maxCoeff();
    now = chain.transition.transpose() * now;
    now.array() *= (log_densities.row(t).transpose().array() - largest).exp();
    const double sum = now.sum();
    now /= sum;
    result.log_likelihood += std::log(sum) + largest;
    result.probabilities.row(t) = now.transpose();
  }
  return result;
}

Eigen::MatrixXd smooth(const Chain& chain, const Eigen::MatrixXd& filtered) {
  Eigen::MatrixXd result = filtered;
  for (Eigen::Index t = filtered.rows() - 2; t >= 0; --t) {
    const Eigen::ArrayXd predicted = (chain.transition.transpose() * filtered.row(t).transpose()).array();
    const Eigen::ArrayXd later = result.row(t + 1).transpose().array();
    const Eigen::VectorXd ratio = (predicted > 0).select(later / predicted, 0).matrix();
    result.row(t) = filtered.row(t).cwiseProduct((chain.transition * ratio).transpose());
  }
  return result;
}

Eigen::VectorXd stationary(const Eigen::MatrixXd& transition) {
  const Eigen::Index states = transition.rows();
  Eigen::MatrixXd equations(states + 1, states);
  equations << Eigen::MatrixXd::Identity(states, states) - transition.transpose(), Eigen::RowVectorXd::Ones(states);
  Eigen::VectorXd right = Eigen::VectorXd::Zero(states + 1);
  right[states] = 1;
  return equations.colPivHouseholderQr().solve(right);
}

Eigen::MatrixXd log_densities(const GaussianHmm& hmm, const Eigen::VectorXd& observations) {
  Eigen::MatrixXd result(observations.size(), hmm.means.size());
  for (Eigen::Index state = 0; state < hmm.means.size(); ++state) {
    const double variance = hmm.variances[state];
    result.col(state) = -0.5 * ((observations.array() - hmm.means[state]).square() / variance +
                                std::log(2 * std::numbers::pi * variance));
  }
  return result;
}

Filtered filter(const GaussianHmm& hmm, const Eigen::VectorXd& observations) {
  return filter(Chain{stationary(hmm.transition), hmm.transition}, log_densities(hmm, observations));
}

Eigen::MatrixXd smooth(const GaussianHmm& hmm, const Eigen::VectorXd& observations) {
  return smooth(Chain{stationary(hmm.transition), hmm.transition}, filter(hmm, observations).probabilities);
}

}  // namespace bulwark::analytics
