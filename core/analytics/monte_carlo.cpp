// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/monte_carlo.h"

#include <Eigen/Eigenvalues>
#include <boost/math/distributions/students_t.hpp>
#include <boost/random/chi_squared_distribution.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>

namespace bulwark::analytics {

Eigen::VectorXd student_draws(const Eigen::VectorXd& weights, const Eigen::MatrixXd& covariance, double degrees,
                              Eigen::Index draws, std::uint64_t seed) {
  // By eigenvalues, not by Cholesky: perfectly correlated symbols make the covariance singular.
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
  const Eigen::VectorXd deviations = solver.eigenvalues().cwiseMax(0.0).cwiseSqrt();
  const Eigen::VectorXd exposures = deviations.cwiseProduct(solver.eigenvectors().transpose() * weights);
  boost::random::mt19937_64 generator(seed);
  boost::random::normal_distribution<double> normal;
  boost::random::chi_squared_distribution<double> mixing(degrees);
  Eigen::VectorXd losses(draws);
  for (double& loss : losses) {
    double moved = 0;
    for (const double exposure : exposures) moved += exposure * normal(generator);
    loss = -moved * std::sqrt((degrees - 2) / mixing(generator));
  }
  return losses;
}

TailLoss standard_errors(const Eigen::VectorXd& losses, const TailLoss& found, double deviation, double degrees,
                         double confidence) {
  const boost::math::students_t_distribution<double> student(degrees);
  const double scale = deviation * std::sqrt((degrees - 2) / degrees);
  const auto count = static_cast<double>(losses.size());
  const double density = boost::math::pdf(student, boost::math::quantile(student, confidence)) / scale;
  const double var = std::sqrt(confidence * (1 - confidence) / count) / density;
  const Eigen::ArrayXd beyond = (losses.array() - found.var).cwiseMax(0.0);
  const double spread = beyond.square().mean() - beyond.mean() * beyond.mean();
  return {var, std::sqrt(spread / count) / (1 - confidence)};
}

}  // namespace bulwark::analytics
