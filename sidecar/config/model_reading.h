// SPDX-License-Identifier: Apache-2.0
// The parts of reading that go with [model] and stand in files of their own: prices, scenarios, sizing, what follows
// the market, and what a journal keeps of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/config/reading.h"
#include "sidecar/model/facts.h"
#include "sidecar/model/source.h"

namespace bulwark::config {

inline constexpr DecimalRange confidence_range{unit / 2, unit / 10'000 * 9'999, "a share from 0.5 to 0.9999"};

core::Sizing read_sizing(Section& section);
// `closes`: the file of the instance's own closes. Says in `source` and `facts` what the model was made of.
std::optional<core::Model> read_model(Section& section, const Source& place, const core::Rules& rules,
                                      const std::string& closes, model::Source& source, model::Facts& facts,
                                      Report& report);

std::optional<core::LiquidationPlan> read_liquidation(Section& section);
// After the model, which it is compared with.
std::optional<core::Dynamic> read_dynamic(Section& section, const core::Rules& rules, Report& report);
std::string frozen_dynamic(const core::Rules& rules);  // both, as TOML

// The text of a price file; `symbols` are the instruments, sorted.
model::Closes read_closes(std::string_view text, const std::string& file, const std::vector<std::string>& symbols,
                          Report& report);

// The instance's own closes, `date,symbol,close` a line: dates that come after those that are there already, on which
// every symbol has one, go on where they end. Where there are none yet, the symbols are those of the last date.
void add_own_closes(model::Closes& closes, std::string_view text, const std::string& file,
                    const std::vector<std::string>& symbols, Report& report);

// How the symbols of the closes move with the market, and with factors. Empty: there are none.
struct Betas {
  std::vector<double> market;
  std::vector<std::string> factors;
  std::vector<double> by_factor;  // those of the first symbol, of the second, ...
};

// The text of a scenario file. `closes` may be empty: then no scenario can be taken from prices.
std::vector<core::Scenario> read_scenarios(std::string_view text, const std::string& file, const core::Rules& rules,
                                           const model::Closes& closes, const Betas& betas, Report& report);

// The text of a learned model of regimes; what it says at the last of `closes`.
std::optional<core::Regime> read_regime(std::string_view text, const std::string& file, const model::Closes& closes,
                                        Report& report);

// The numbers of a model as TOML, and back: a journal is replayed with them, whatever has become of the files.
std::string frozen_model(const core::Model& model, const model::Facts& facts);
std::optional<core::Model> read_frozen_model(Section& frozen, model::Facts& facts, Report& report);

}  // namespace bulwark::config
