// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sidecar/risk/mistake.h"

namespace bulwark::risk {

namespace {

double finite(std::string_view name, double value) {
  if (std::isfinite(value)) return value + 0.0;  // -0 becomes 0
  throw Mistake(
      fmt::format("{}: there is no such number for these prices and options (the arithmetic gives {})", name, value));
}

}  // namespace

Json& Report::add(std::string_view name, Json value) {
  return results_.emplace_back(Json{{"name", name}, {"value", std::move(value)}});
}

Json& Report::add(std::string_view name, double value) { return add(name, Json(finite(name, value))); }

Json& Report::add(std::string_view name, const Eigen::MatrixXd& matrix, const std::vector<std::string>& symbols) {
  Json rows = Json::array();
  for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
    Json line = Json::array();
    for (Eigen::Index column = 0; column < matrix.cols(); ++column) line.push_back(finite(name, matrix(row, column)));
    rows.push_back(std::move(line));
  }
  Json& result = add(name, std::move(rows));
  result["symbols"] = symbols;
  return result;
}

void Report::warn(std::string message) {
  if (std::find(warnings_.begin(), warnings_.end(), message) == warnings_.end())
    warnings_.push_back(std::move(message));
}

Json Report::document() const {
  return {{"schema", 1}, {"what", what_}, {"inputs", inputs}, {"results", results_}, {"warnings", warnings_}};
}

}  // namespace bulwark::risk
