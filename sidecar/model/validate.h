// SPDX-License-Identifier: Apache-2.0
// May this model take the place of that one? One that came of a bad file is refused before anything is judged by it.
#pragma once

#include <string>
#include <vector>

#include "core/model_rules.h"
#include "sidecar/model/source.h"

namespace bulwark::model {

// Why it is none: numbers that are missing or no numbers, variances below zero (its covariances are then positive
// semi-definite, by their form). Empty: it is one.
std::vector<std::string> faults(const core::Model& model);

// Why it is not to follow that one without a person who says so: symbols and scenarios that it lacks and the other
// knows, and volatilities, of a symbol or of all of them in equal parts, that change by more than `change_max` times.
// Empty: it may.
std::vector<std::string> wild_changes(const core::Model& before, const core::Model& after, double change_max);

// The same of the prices: oddities that the others did not have, an earlier end, less than half as many dates. Where
// there were none before, anything may follow.
std::vector<std::string> odd_changes(const PriceFacts& before, const PriceFacts& after);

// Both, of what was made of one source and of another; as many as a person reads.
std::vector<std::string> why_not(const core::Model& before, const Source& from, const core::Model& after,
                                 const Source& now);

// As one sentence, as many as a person reads.
std::string some_of(const std::vector<std::string>& lines);

}  // namespace bulwark::model
