// SPDX-License-Identifier: Apache-2.0
// From where on a price is looked at twice: one set of bounds for the model behind the gate and for `bulwark risk`.
#pragma once

#include <cmath>

namespace bulwark::analytics {

// A move of a day beyond 35 %: a halved or doubled price, a split that is not in the prices. No number is one, too.
inline bool leaps(double step) { return !(std::abs(step - 1) <= 0.35); }

// Returns of 0 in a row: from so many on a report tells them, and from so many up to the last date no gate goes on.
inline constexpr int still_told = 5, still_refused = 20;

}  // namespace bulwark::analytics
