// SPDX-License-Identifier: Apache-2.0
// Working orders, for people.
#pragma once

#include <nlohmann/json.hpp>

#include "core/engine.h"

namespace bulwark::view {

// {"count": of all, "newest": [{client, account, strategy, id, symbol, side, quantity, filled, price, cancel_asked}]}:
// the newest first, at most so many. Null: no client, no price (a market order).
nlohmann::ordered_json orders_json(const core::Engine& engine, std::size_t most);

}  // namespace bulwark::view
