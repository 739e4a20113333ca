// SPDX-License-Identifier: Apache-2.0
// The functions of core/analytics by name, for tests that compare them with published and reference values: JSON in,
// JSON out.
#pragma once

#include <Eigen/Core>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace bulwark::analytics {

using Json = nlohmann::json;
using Functions = std::map<std::string, Json (*)(const Json& arguments)>;

// Each file of functions adds its own.
void add_risk_functions(Functions& functions);
void add_series_functions(Functions& functions);

inline Eigen::VectorXd vector_of(const Json& json) {
  Eigen::VectorXd vector(static_cast<Eigen::Index>(json.size()));
  for (std::size_t k = 0; k < json.size(); ++k) vector[static_cast<Eigen::Index>(k)] = json[k].get<double>();
  return vector;
}

inline Eigen::MatrixXd matrix_of(const Json& json) {
  Eigen::MatrixXd matrix(static_cast<Eigen::Index>(json.size()), static_cast<Eigen::Index>(json.at(0).size()));
  for (std::size_t row = 0; row < json.size(); ++row) matrix.row(static_cast<Eigen::Index>(row)) = vector_of(json[row]);
  return matrix;
}

inline Json json_of(const Eigen::VectorXd& vector) { return std::vector<double>(vector.begin(), vector.end()); }

inline Json json_of_rows(const Eigen::MatrixXd& matrix) {
  Json rows = Json::array();
  for (Eigen::Index row = 0; row < matrix.rows(); ++row) rows.push_back(json_of(matrix.row(row)));
  return rows;
}

}  // namespace bulwark::analytics
