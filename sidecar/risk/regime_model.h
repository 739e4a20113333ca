// SPDX-License-Identifier: Apache-2.0
// A trained model of regimes as a small file of JSON, with the SHA-256 of what it says: `bulwark risk regime --fit
// FILE`.
#pragma once

#include <string>

#include "core/analytics/hmm.h"

namespace bulwark::risk {

struct RegimeModel {
  analytics::GaussianHmm hmm;  // of returns in percent
  std::string from, to;        // the dates of the returns that it was trained on
  Eigen::Index returns = 0;
  double log_likelihood = 0;
};

// Throws Mistake: the file cannot be written.
void write_regime_model(const std::string& path, const RegimeModel& model);

// Throws Mistake: the file is no such model, was changed, or its numbers are no chain.
RegimeModel read_regime_model(const std::string& path);

}  // namespace bulwark::risk
