// SPDX-License-Identifier: Apache-2.0
// GARCH(1,1): h_t = omega + alpha e^2_{t-1} + beta h_{t-1}, e = r - mu. Before the first return e^2 and h are both the
// mean of e^2. Returns in any unit; the parameters are in that unit (`bulwark risk` has percent).
#pragma once

#include <Eigen/Core>

namespace bulwark::analytics {

enum class Innovation { Normal, Student };

struct Garch {
  double mu, omega, alpha, beta;
  double degrees = 0;  // of freedom, of Student's t with variance 1; Normal has none
};

struct GarchPath {
  Eigen::VectorXd variances;  // of each return, as known the day before
  double next_variance;       // of the day after the last return
  double log_likelihood;
};

// Precondition: returns; omega above 0, alpha and beta not below 0, degrees above 2 for Student.
GarchPath garch_path(const Eigen::VectorXd& returns, const Garch& garch, Innovation innovation);

// Variances expected of the next days, the first being `next_variance`.
Eigen::VectorXd garch_forecast(const Garch& garch, double next_variance, Eigen::Index days);

// The log-likelihood and its derivatives by mu, omega, alpha, beta and, for Student, degrees.
double garch_likelihood(const Eigen::VectorXd& returns, const Garch& garch, Innovation innovation,
                        Eigen::VectorXd& gradient);

struct GarchFit {
  Garch garch;
  GarchPath path;
  bool at_border;  // alpha at zero, or alpha + beta at one: the parameters say little
};

inline constexpr Eigen::Index garch_returns_min = 100;

// The most likely parameters with alpha + beta below 1. Throws std::invalid_argument where the returns do not tell: too
// few, no numbers, or hardly any of them moves.
GarchFit fit_garch(const Eigen::VectorXd& returns, Innovation innovation);

}  // namespace bulwark::analytics
