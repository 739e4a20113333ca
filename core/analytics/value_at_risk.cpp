// SPDX-License-Identifier: Apache-2.0
#include "core/analytics/value_at_risk.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>
#include <vector>

namespace bulwark::analytics {

using boost::math::complement;
using boost::math::pdf;
using boost::math::quantile;

TailLoss normal_loss(double mean, double deviation, double confidence) {
  const boost::math::normal_distribution<double> normal;
  const double q = quantile(normal, confidence);
  return {-mean + deviation * q, -mean + deviation * pdf(normal, q) / (1 - confidence)};
}

TailLoss student_loss(double mean, double deviation, double degrees, double confidence) {
  const boost::math::students_t_distribution<double> student(degrees);
  const double scale = deviation * std::sqrt((degrees - 2) / degrees), q = quantile(student, confidence);
  const double tail = pdf(student, q) / (1 - confidence) * (degrees + q * q) / (degrees - 1);
  return {-mean + scale * q, -mean + scale * tail};
}

Moments moments_of(const Eigen::VectorXd& returns) {
  const double mean = returns.mean();
  const Eigen::ArrayXd off = returns.array() - mean;
  const double variance = off.square().mean();
  return {mean, std::sqrt(variance), off.cube().mean() / std::pow(variance, 1.5),
          off.square().square().mean() / (variance * variance) - 3};
}

CornishFisher cornish_fisher_loss(const Moments& moments, double confidence) {
  const boost::math::normal_distribution<double> normal;
  const double z = -quantile(normal, confidence), s = moments.skewness, k = moments.excess_kurtosis;
  const double h = z + (z * z - 1) * s / 6 + (z * z * z - 3 * z) * k / 24 - (2 * z * z * z - 5 * z) * s * s / 36;
  // The integral of a Hermite polynomial up to z is minus the one before it, times the density.
  const double tail =
      pdf(normal, z) / (1 - confidence) * (1 + z * s / 6 + (z * z - 1) * k / 24 - (2 * z * z - 1) * s * s / 36);
  const double a = k / 8 - s * s / 6, b = s / 3, c = 1 - k / 8 + 5 * s * s / 36;  // the slope a z^2 + b z + c
  const double turn = a > 0 ? std::min(z, -b / (2 * a)) : z;
  const bool rises = (a > 0 || (a == 0 && b <= 0)) && a * turn * turn + b * turn + c > 0;
  return {{-moments.mean - h * moments.deviation, -moments.mean + tail * moments.deviation}, rises};
}

TailLoss age_weighted_loss(const Eigen::VectorXd& losses, double decay, double confidence) {
  const auto count = static_cast<std::size_t>(losses.size());
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return losses[static_cast<Eigen::Index>(a)] > losses[static_cast<Eigen::Index>(b)];
  });
  const double total = (1 - std::pow(decay, static_cast<double>(count))) / (1 - decay);
  double left = 1 - confidence, sum = 0;
  for (const std::size_t k : order) {
    const double loss = losses[static_cast<Eigen::Index>(k)];
    const double weight = std::pow(decay, static_cast<double>(count - 1 - k)) / total;
    // The loss at which the tail is full but for rounding belongs to it; the VaR is the next one below.
    if (weight > left + 1e-12) return {loss, (sum + left * loss) / (1 - confidence)};
    left -= weight;
    sum += weight * loss;
  }
  return {losses[static_cast<Eigen::Index>(order.back())], sum / (1 - confidence)};
}

TailLoss scaled(const TailLoss& loss, double mean, double days) {
  const double root = std::sqrt(days);
  return {root * (loss.var + mean) - days * mean, root * (loss.es + mean) - days * mean};
}

}  // namespace bulwark::analytics
