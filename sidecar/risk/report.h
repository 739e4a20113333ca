// SPDX-License-Identifier: Apache-2.0
// The answer: what was read, results, warnings; as one JSON document, or as a table for people.
#pragma once

#include <Eigen/Core>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace bulwark::risk {

using Json = nlohmann::ordered_json;

class Report {
public:
  explicit Report(std::string what) : what_(std::move(what)) {}

  // What tells it from its neighbours is set on the result, as in add("var", loss)["confidence"] = 0.99. Throws Mistake
  // where the value is no finite number: no such thing leaves the program.
  Json& add(std::string_view name, double value);
  Json& add(std::string_view name, const Eigen::MatrixXd& matrix, const std::vector<std::string>& symbols);
  Json& add(std::string_view name, Json value);

  void warn(std::string message);

  Json inputs;

  const std::deque<Json>& results() const { return results_; }
  const std::vector<std::string>& warnings() const { return warnings_; }
  Json document() const;
  std::string text() const;  // without the warnings

private:
  std::string what_;
  std::deque<Json> results_;  // a result stays where it is while others are added
  std::vector<std::string> warnings_;
};

}  // namespace bulwark::risk
