// SPDX-License-Identifier: Apache-2.0
// Hidden Markov chains: which state a series is in, from what was seen up to each day (filtered: no look-ahead) or from
// all of it (smoothed: for history only). One row a day, one column a state.
#pragma once

#include <Eigen/Core>
#include <cstdint>

namespace bulwark::analytics {

// Of states: the probabilities before the first observation, and of going from one (row) to another (column).
struct Chain {
  Eigen::VectorXd before;
  Eigen::MatrixXd transition;
};

struct Filtered {
  Eigen::MatrixXd probabilities;
  double log_likelihood;
};

// From the logarithm of each observation's density in each state.
Filtered filter(const Chain& chain, const Eigen::MatrixXd& log_densities);
Eigen::MatrixXd smooth(const Chain& chain, const Eigen::MatrixXd& filtered);

// The distribution that the transitions leave as it is.
Eigen::VectorXd stationary(const Eigen::MatrixXd& transition);

// States with a normal distribution each, the calmest first; before the first observation they are as the stationary
// distribution has them.
struct GaussianHmm {
  Eigen::VectorXd means, variances;
  Eigen::MatrixXd transition;
};

Eigen::MatrixXd log_densities(const GaussianHmm& hmm, const Eigen::VectorXd& observations);
Filtered filter(const GaussianHmm& hmm, const Eigen::VectorXd& observations);
Eigen::MatrixXd smooth(const GaussianHmm& hmm, const Eigen::VectorXd& observations);

struct HmmFit {
  GaussianHmm hmm;
  double log_likelihood;
};

inline constexpr Eigen::Index hmm_observations_min = 100;

// The most likely one by Baum-Welch, the best of many starts; the same seed gives the same. Throws
// std::invalid_argument where the observations do not tell: too few, no numbers, or so many alike that a state would be
// one point.
HmmFit fit_hmm(const Eigen::VectorXd& observations, Eigen::Index states, std::uint64_t seed);

}  // namespace bulwark::analytics
