// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/student_fit.h"

#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <numbers>

namespace bulwark::analytics {

namespace {

constexpr int steps_max = 500;
constexpr double settled = 1e-12;  // relative, of the scale
constexpr double degrees_min = 0.5, degrees_max = 200;

// Location and scale for the degrees given, by expectation and maximisation: far returns weigh less.
Student fit_with(double degrees, const Eigen::VectorXd& returns) {
  Student student{degrees, returns.mean(), 0};
  double variance = (returns.array() - student.location).square().mean();
  for (int step = 0; step < steps_max; ++step) {
    const Eigen::ArrayXd squares = (returns.array() - student.location).square() / variance;
    const Eigen::ArrayXd weights = (degrees + 1) / (degrees + squares);
    student.location = (weights * returns.array()).sum() / weights.sum();
    const double next = (weights * (returns.array() - student.location).square()).mean();
    const bool done = std::abs(next - variance) <= settled * variance;
    variance = next;
    if (done) break;
  }
  student.scale = std::sqrt(variance);
  return student;
}

}  // namespace

double log_likelihood(const Student& student, const Eigen::VectorXd& returns) {
  const double nu = student.degrees;
  const Eigen::ArrayXd off = (returns.array() - student.location) / student.scale;
  const double constant =
      std::lgamma((nu + 1) / 2) - std::lgamma(nu / 2) - std::log(nu * std::numbers::pi) / 2 - std::log(student.scale);
  return constant * static_cast<double>(returns.size()) - (nu + 1) / 2 * (off.square() / nu).log1p().sum();
}

Student fit_student(const Eigen::VectorXd& returns) {
  const auto loss = [&returns](double log_degrees) {
    return -log_likelihood(fit_with(std::exp(log_degrees), returns), returns);
  };
  const auto [best, value] =
      boost::math::tools::brent_find_minima(loss, std::log(degrees_min), std::log(degrees_max), 30);
  return fit_with(std::exp(best), returns);
}

}  // namespace bulwark::analytics
