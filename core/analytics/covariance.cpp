// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/covariance.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/analytics/returns.h"

namespace bulwark::analytics {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd sample_covariance(const MatrixXd& returns) {
  const MatrixXd days = centred(returns);
  return days.transpose() * days / static_cast<double>(days.rows() - 1);
}

MatrixXd ewma_covariance(MatrixXd returns, double lambda) {
  double weight = 1 - lambda;
  for (Eigen::Index day = returns.rows() - 1; day > 0; --day, weight *= lambda) returns.row(day) *= std::sqrt(weight);
  returns.row(0) *= std::sqrt(weight / (1 - lambda));
  return returns.transpose() * returns;
}

Shrunk shrunk_to_identity(const MatrixXd& returns) {
  const MatrixXd days = centred(returns);
  const auto count = static_cast<double>(days.rows()), size = static_cast<double>(days.cols());
  const MatrixXd plain = days.transpose() * days / count;
  const double mean = plain.trace() / size;
  const MatrixXd target = mean * MatrixXd::Identity(plain.rows(), plain.cols());
  const double distance = (plain - target).squaredNorm() / size;
  const double fourth_powers = days.rowwise().squaredNorm().squaredNorm();
  const double spread = (fourth_powers - count * plain.squaredNorm()) / (count * count) / size;
  const double share = distance > 0 ? std::clamp(spread / distance, 0.0, 1.0) : 0;
  return {(1 - share) * plain + share * target, share, mean};
}

Shrunk shrunk_to_constant_correlation(const MatrixXd& returns) {
  const MatrixXd days = centred(returns);
  const auto count = static_cast<double>(days.rows()), size = static_cast<double>(days.cols());
  const MatrixXd plain = days.transpose() * days / count;
  if (days.cols() < 2) return {plain, 0, 1};
  const VectorXd variances = plain.diagonal(), deviations = variances.cwiseSqrt();
  const double correlation = (correlation_of(plain).sum() - size) / (size * (size - 1));
  MatrixXd target = correlation * deviations * deviations.transpose();
  target.diagonal() = variances;
  const double distance = (plain - target).squaredNorm();
  // Of two symbols the target is the sample itself, and any share gives the same.
  if (!(distance > plain.squaredNorm() * 1e-28)) return {plain, 0, correlation};
  const MatrixXd squares = days.cwiseAbs2();
  const MatrixXd spread = squares.transpose() * squares / count - plain.cwiseAbs2();
  const MatrixXd cubes = days.array().cube();
  MatrixXd theta = cubes.transpose() * days / count - variances.asDiagonal() * plain;
  theta.diagonal().setZero();
  const MatrixXd ratios = deviations.cwiseInverse() * deviations.transpose();
  const double common = spread.trace() + correlation * ratios.cwiseProduct(theta).sum();
  const double share = std::clamp((spread.sum() - common) / distance / count, 0.0, 1.0);
  return {share * target + (1 - share) * plain, share, correlation};
}

MatrixXd correlation_of(const MatrixXd& covariance) {
  const VectorXd inverse = covariance.diagonal().cwiseSqrt().cwiseInverse();
  MatrixXd correlation = inverse.asDiagonal() * covariance * inverse.asDiagonal();
  correlation.diagonal().setOnes();
  return correlation.cwiseMin(1.0).cwiseMax(-1.0);
}

double portfolio_variance(const VectorXd& weights, const MatrixXd& covariance) {
  const double variance = weights.dot(covariance * weights);
  return variance < 0 ? 0 : variance;  // what is no number stays none
}

Pairwise pairwise(const MatrixXd& returns) {
  const Eigen::Index size = returns.cols();
  Pairwise result{MatrixXd::Identity(size, size), VectorXd::Zero(size), returns.rows(), 0, 0};
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index j = 0; j <= i; ++j) {
      std::vector<Eigen::Index> days;
      for (Eigen::Index day = 0; day < returns.rows(); ++day) {
        if (!std::isnan(returns(day, i)) && !std::isnan(returns(day, j))) days.push_back(day);
      }
      const auto count = static_cast<Eigen::Index>(days.size());
      if (count < result.fewest) {
        result.fewest = count;
        result.row = i;
        result.column = j;
      }
      if (count < 2) continue;
      const MatrixXd both = sample_covariance(returns(days, std::vector<Eigen::Index>{i, j}));
      if (i == j) result.deviations[i] = std::sqrt(both(0, 0));
      else result.correlation(i, j) = result.correlation(j, i) = both(0, 1) / std::sqrt(both(0, 0) * both(1, 1));
    }
  }
  return result;
}

Repaired repaired(const MatrixXd& symmetric) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(symmetric);
  const double lowest = solver.eigenvalues()[0];
  if (lowest >= 0) return {symmetric, lowest, 0};
  const MatrixXd parts = solver.eigenvectors() * solver.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal();
  const MatrixXd clipped = parts * parts.transpose();
  VectorXd scale = VectorXd::Zero(symmetric.rows());
  for (Eigen::Index k = 0; k < scale.size(); ++k) {
    if (clipped(k, k) > 0) scale[k] = std::sqrt(symmetric(k, k) / clipped(k, k));
  }
  MatrixXd result = scale.asDiagonal() * clipped * scale.asDiagonal();
  result.diagonal() = symmetric.diagonal();
  return {result, lowest, (result - symmetric).norm()};
}

}  // namespace bulwark::analytics
