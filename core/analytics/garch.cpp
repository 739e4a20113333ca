// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/garch.h"

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

namespace bulwark::analytics {
namespace {

using boost::math::digamma;
using boost::math::lgamma;

// One return's share of the log-likelihood, and its derivatives by the variance h, the residual e and the degrees.
struct Density {
  double value, by_variance, by_residual, by_degrees;
};

Density normal_density(double residual, double variance) {
  const double ratio = residual * residual / variance;
  return {-0.5 * (std::log(2 * std::numbers::pi) + std::log(variance) + ratio), 0.5 * (ratio - 1) / variance,
          -residual / variance, 0};
}

// What does not depend on the return, once for all of them.
struct StudentConstants {
  explicit StudentConstants(double degrees)
      : nu(degrees),
        value(lgamma((nu + 1) / 2) - lgamma(nu / 2) - 0.5 * std::log(std::numbers::pi * (nu - 2))),
        by_degrees(0.5 * digamma((nu + 1) / 2) - 0.5 * digamma(nu / 2) - 0.5 / (nu - 2)) {}
  double nu, value, by_degrees;
};

Density student_density(const StudentConstants& student, double residual, double variance) {
  const double nu = student.nu, ratio = residual * residual / (variance * (nu - 2));
  const double logarithm = std::log1p(ratio), share = ratio / (1 + ratio);
  return {student.value - 0.5 * std::log(variance) - (nu + 1) / 2 * logarithm, (-0.5 + (nu + 1) / 2 * share) / variance,
          -(nu + 1) * residual / (variance * (nu - 2)) / (1 + ratio),
          student.by_degrees - 0.5 * logarithm + (nu + 1) / 2 * share / (nu - 2)};
}

}  // namespace

GarchPath garch_path(const Eigen::VectorXd& returns, const Garch& garch, Innovation innovation) {
  const Eigen::VectorXd residuals = returns.array() - garch.mu;
  const double before = residuals.squaredNorm() / static_cast<double>(residuals.size());
  const StudentConstants student(innovation == Innovation::Student ? garch.degrees : 3);
  GarchPath path{Eigen::VectorXd(returns.size()), garch.omega + (garch.alpha + garch.beta) * before, 0};
  for (Eigen::Index t = 0; t < returns.size(); ++t) {
    const double e = residuals[t], h = path.next_variance;
    path.variances[t] = h;
    path.log_likelihood +=
        (innovation == Innovation::Student ? student_density(student, e, h) : normal_density(e, h)).value;
    path.next_variance = garch.omega + garch.alpha * e * e + garch.beta * h;
  }
  return path;
}

Eigen::VectorXd garch_forecast(const Garch& garch, double next_variance, Eigen::Index days) {
  Eigen::VectorXd result(days);
  for (Eigen::Index k = 0; k < days; ++k, next_variance = garch.omega + (garch.alpha + garch.beta) * next_variance)
    result[k] = next_variance;
  return result;
}

double garch_likelihood(const Eigen::VectorXd& returns, const Garch& garch, Innovation innovation,
                        Eigen::VectorXd& gradient) {
  const Eigen::VectorXd residuals = returns.array() - garch.mu;
  const double before = residuals.squaredNorm() / static_cast<double>(residuals.size());
  const bool fat = innovation == Innovation::Student;
  const StudentConstants student(fat ? garch.degrees : 3);
  double sum = 0, h = garch.omega + (garch.alpha + garch.beta) * before, by_degrees = 0;
  // Of h by mu, omega, alpha, beta: the recursion of the variance, differentiated.
  Eigen::Vector4d of_variance(-2 * residuals.mean() * (garch.alpha + garch.beta), 1, before, before);
  Eigen::Vector4d slope = Eigen::Vector4d::Zero();
  for (Eigen::Index t = 0; t < returns.size(); ++t) {
    const double e = residuals[t];
    const Density density = fat ? student_density(student, e, h) : normal_density(e, h);
    sum += density.value;
    by_degrees += density.by_degrees;
    slope += density.by_variance * of_variance;
    slope[0] -= density.by_residual;
    of_variance = Eigen::Vector4d(-2 * garch.alpha * e, 1, e * e, h) + garch.beta * of_variance;
    h = garch.omega + garch.alpha * e * e + garch.beta * h;
  }
  gradient.head<4>() = slope;
  if (fat) gradient[4] = by_degrees;
  return sum;
}

}  // namespace bulwark::analytics
