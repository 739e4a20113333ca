// SPDX-License-Identifier: Apache-2.0
// What stands behind the model in force beside the numbers that the engine judges by: the returns of its days, what its
// scenarios are called, and how it came to be. Made by the model thread, read by live risk; never changed once made.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

#include "core/model_rules.h"
#include "sidecar/model/source.h"

namespace bulwark::model {

inline constexpr std::size_t return_count_max = 1'000;  // the latest

struct Backing {
  std::uint64_t version = 0;  // of the model; 0: there is none
  double confidence = 0.99, lambda = 0.94;
  std::vector<std::string> symbols;
  Eigen::MatrixXd returns;  // a row a day, a column a symbol
  std::string first_date, last_date;
  std::vector<std::string> scenarios;
  // How many models were taken over and refused in this life of the sidecar, when the last was, why the last was not.
  std::uint64_t built = 0, refused = 0;
  std::int64_t built_ns = 0;
  std::string refusal;
};

// The part that follows from the files.
Backing backing_of(const core::Model& model, const Closes& closes, const Source& source);

}  // namespace bulwark::model
