// SPDX-License-Identifier: Apache-2.0
// A trained model of regimes as a small text of JSON, with the SHA-256 of what it says: `bulwark risk regime --fit
// FILE` writes it, the gate follows it ([model] regime = FILE).
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "core/analytics/hmm.h"

namespace bulwark::model {

struct RegimeModel {
  analytics::GaussianHmm hmm;  // of the book's daily returns, in percent
  std::vector<std::string> symbols;
  Eigen::VectorXd weights;  // of the symbols in the book that it was trained on: shares of equity
  std::string from, to;     // the dates of the returns
  Eigen::Index returns = 0;
  double log_likelihood = 0;
};

struct RegimeMistake : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string text_of(const RegimeModel& model);

// Throws RegimeMistake: the text is no such model, was changed, or its numbers are no chain.
RegimeModel parse_regime_model(const std::string& text);

}  // namespace bulwark::model
