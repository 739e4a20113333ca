// SPDX-License-Identifier: Apache-2.0
// What a model was made of, as far as the next one is held against it. It stands beside the model wherever that goes,
// the journal's configuration too, so that a start holds what it finds against the same as the thread that ran before.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/model_rules.h"
#include "sidecar/model/estimate.h"

namespace bulwark::model {

// Of one day, by symbol; under `all_symbols` that of all of them in equal parts, which their correlations show in.
inline constexpr const char* all_symbols = "*";  // as in `on`: no symbol is called so
using Volatilities = std::map<std::string, double, std::less<>>;

struct Facts {
  std::size_t dates = 0;  // of the prices; 0: there are none, or nothing is known of them
  std::string last_date;
  std::vector<std::string> oddities;  // what prices seldom do, each in words, the newest first
  Closes closes;                      // of some dates: the last ones, and ever fewer of those further back
  std::string scenarios;              // the SHA-256 of their file's text; empty: there is none, or nothing is known
  Volatilities accepted;              // of the last model that a person let in, or else of the first
  friend bool operator==(const Facts&, const Facts&) = default;
};

Facts facts_of(const core::Model& model, const Closes& closes, const std::string& scenarios_text);

double volatility_of(const core::Model& model, std::size_t symbol);
// `all`: the symbols that count under `all_symbols`; null: each does.
Volatilities volatilities_of(const core::Model& model, const Volatilities* all = nullptr);

// Nobody has said a word to the model that follows: what a person let in last stays what was let in.
void keep_accepted(const Facts& before, Facts& after);

}  // namespace bulwark::model
