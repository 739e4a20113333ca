// SPDX-License-Identifier: Apache-2.0
// What a model is made of: the files, and how. Kept beside the rules, so that a thread can make the next one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shm/units.h"
#include "sidecar/model/estimate.h"

namespace bulwark::model {

inline constexpr std::string_view own_closes_name = "closes.csv";  // in the folder of the journal

struct Source {
  std::string prices, scenarios, regime;  // absolute paths; empty: none
  std::string closes;  // the instance's own closes, where they take part: they go on where `prices` ends
  Estimator estimator = Estimator::Ewma;
  std::int64_t lambda = 94 * unit / 100;      // raw decimal
  std::int64_t confidence = 99 * unit / 100;  // likewise
  std::int64_t refresh_s = 0;                 // how often the files are looked at; 0: only when somebody asks
  bool backtest_tightens = false;             // limits marked dynamic follow the multiplier of the back-test
  std::int64_t change_max = 3 * unit;         // raw decimal: a volatility that grows or falls by more is wild
  friend bool operator==(const Source&, const Source&) = default;
};

}  // namespace bulwark::model
