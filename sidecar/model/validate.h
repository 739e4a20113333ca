// SPDX-License-Identifier: Apache-2.0
// May this model take the place of that one? One that came of a bad file is refused before anything is judged by it.
#pragma once

#include <string>
#include <vector>

#include "core/model_rules.h"

namespace bulwark::model {

// Why it is none: numbers that are missing or no numbers, variances below zero (its covariances are then positive
// semi-definite, by their form). Empty: it is one.
std::vector<std::string> faults(const core::Model& model);

// Why it is not to follow that one without a person who says so: symbols that it lacks and the other knows, and
// volatilities, of a symbol or of all of them in equal parts, that change by more than `change_max` times. Empty: it
// may.
std::vector<std::string> wild_changes(const core::Model& before, const core::Model& after, double change_max);

}  // namespace bulwark::model
