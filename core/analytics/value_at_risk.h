// SPDX-License-Identifier: Apache-2.0
// VaR and ES in closed form, and of weighted history. Both are losses: positive where money is lost.
#pragma once

#include <Eigen/Core>

namespace bulwark::analytics {

struct TailLoss {
  double var = 0, es = 0;
};

// `mean` and `deviation` of the book's return.
TailLoss normal_loss(double mean, double deviation, double confidence);

// `deviation` is the standard deviation, not the scale of t. Precondition: more than 2 degrees of freedom.
TailLoss student_loss(double mean, double deviation, double degrees, double confidence);

// Of the population: over n.
struct Moments {
  double mean = 0, deviation = 0, skewness = 0, excess_kurtosis = 0;
};
Moments moments_of(const Eigen::VectorXd& returns);

// ES: the mean of the Cornish-Fisher quantile beyond the confidence. Where the quantile turns back in the tail, neither
// means anything.
struct CornishFisher {
  TailLoss loss;
  bool rises = true;  // the quantile goes on rising up to the end of the tail
};
CornishFisher cornish_fisher_loss(const Moments& moments, double confidence);

// A loss `age` days old weighs decay^age (Boudoukh, Richardson, Whitelaw 1998); the last loss has age 0. VaR: the least
// loss with at least `confidence` of the weight at or below it; ES: the mean of that quantile beyond the confidence.
TailLoss age_weighted_loss(const Eigen::VectorXd& losses, double decay, double confidence);

// The same number of standard deviations over `days`, of returns that do not depend on each other.
TailLoss scaled(const TailLoss& loss, double mean, double days);

}  // namespace bulwark::analytics
