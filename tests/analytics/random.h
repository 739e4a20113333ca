// SPDX-License-Identifier: Apache-2.0
// Random input that is the same on every machine.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <numbers>
#include <random>

namespace bulwark::analytics::testing {

class Random {
public:
  explicit Random(std::uint64_t seed) : source_(seed) {}

  double uniform() { return (static_cast<double>(source_() >> 11) + 0.5) * 0x1p-53; }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform()); }
  Eigen::VectorXd normals(Eigen::Index count) {
    return Eigen::VectorXd::NullaryExpr(count, [&] { return normal(); });
  }
  Eigen::MatrixXd normals(Eigen::Index rows, Eigen::Index columns) {
    return Eigen::MatrixXd::NullaryExpr(rows, columns, [&] { return normal(); });
  }
  Eigen::MatrixXd covariance(Eigen::Index size, double scale) {
    const Eigen::MatrixXd root = normals(2 * size, size);
    return root.transpose() * root * (scale / static_cast<double>(2 * size));
  }

private:
  std::mt19937_64 source_;
};

}  // namespace bulwark::analytics::testing
