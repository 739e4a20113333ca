// SPDX-License-Identifier: Apache-2.0
// Exposures, VaR and ES, stress scenarios and the back-test as a span ends: made by the code that makes the live risk
// of a running instance, so that both say the same of the same book.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/engine.h"
#include "sidecar/model/source.h"
#include "sidecar/report/span.h"

namespace bulwark::report {

struct Measured {
  nlohmann::ordered_json exposures, risk, stress, backtest;
};

// `rules`: in force. `source`: the files that models are made of; none: only the numbers in the journal are known, and
// what needs the days behind them is not.
Measured measure(const core::Engine& engine, const core::Rules& rules, const std::optional<model::Source>& source,
                 const std::string& journal_directory, const Span& span);

}  // namespace bulwark::report
