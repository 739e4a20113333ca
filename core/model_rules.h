// SPDX-License-Identifier: Apache-2.0
// The risk model as plain data: made from prices (sidecar/model), or read back from the journal's configuration.
// Estimates are doubles; what they are compared with is exact.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shm/units.h"

namespace bulwark::core {

// What a scenario does to prices. A symbol that is not among them is one that nothing is known of.
struct Scenario {
  struct Move {
    std::string symbol;
    double share;  // of the price
    friend bool operator==(const Move&, const Move&) = default;
  };
  std::string name;
  std::vector<Move> moves;
  friend bool operator==(const Scenario&, const Scenario&) = default;
};

// How likely the wildest of the learned regimes was at the last close.
struct Regime {
  double probability;
  TimeNs seen;  // the end of that day
  friend bool operator==(const Regime&, const Regime&) = default;
};

// Daily covariances S of simple returns in factor form: x'Sx = |F'x|^2 + the sum of residual x^2.
struct Model {
  std::int64_t confidence = 99 * unit / 100;  // raw decimal
  std::vector<std::string> symbols;
  std::size_t factor_count = 0;
  std::vector<double> loadings;   // F, symbol by symbol
  std::vector<double> residuals;  // by symbol
  std::vector<Scenario> scenarios;
  std::optional<Regime> regime{};
  friend bool operator==(const Model&, const Model&) = default;
};

inline constexpr std::size_t factor_count_max = 64;
inline constexpr std::size_t scenario_count_max = 64;

// Tells models apart: the same numbers, names and order have the same version.
std::uint64_t version_of(const Model& model);

}  // namespace bulwark::core
