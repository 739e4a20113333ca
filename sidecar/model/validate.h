// SPDX-License-Identifier: Apache-2.0
// May this model take the place of that one? One that came of a bad file is refused before anything is judged by it.
#pragma once

#include <string>
#include <vector>

#include "core/model_rules.h"
#include "sidecar/model/facts.h"

namespace bulwark::model {

// Why it is none: numbers that are missing or no numbers, variances below zero (its covariances are then positive
// semi-definite, by their form). Empty: it is one.
std::vector<std::string> faults(const core::Model& model);

// What may become the next model, and what it was made of.
struct Candidate {
  const core::Model& model;
  const Facts& facts;
  const Closes& closes;  // all of them
};

// Why it is not to follow that one without a person who says so; empty: it may. Held against the model itself: symbols
// and scenarios that are gone, and volatilities, of a symbol or of all of them in equal parts, that change by more than
// `change_max` times. Held against what it was made of (each where something is known of it):
// - the prices: oddities that it did not have, an earlier end, less than half as many dates, other closes on the same
//   dates;
// - the text of the scenario file;
// - the volatilities that a person let in last, which many small steps lead away from.
std::vector<std::string> why_not(const core::Model& before, const Facts& of_it, const Candidate& next,
                                 double change_max);

// As one sentence, as many as a person reads.
std::string some_of(const std::vector<std::string>& lines);

}  // namespace bulwark::model
