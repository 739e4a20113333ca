// SPDX-License-Identifier: Apache-2.0
// How an instance stands, in one document: what `killswitch status`, `bulwark status --controls`, `--book` and `--risk`
// print with --json, and the working orders.
#pragma once

#include <nlohmann/json.hpp>

#include "killswitch/instance.h"
#include "sidecar/view/watcher.h"

namespace bulwark::view {

inline constexpr std::size_t orders_shown = 500;

// Parts that are not known are null; `why_not` names the first reason. A limit's row has its `use` too: value over max.
nlohmann::ordered_json state_json(const kill::Instance& instance, const Watcher& watcher, TimeNs now);

// The limits of loss and drawdown of the whole portfolio, rung by rung: what happens at which loss.
nlohmann::ordered_json ladder_of(const nlohmann::ordered_json& controls, const core::Engine& engine);

}  // namespace bulwark::view
