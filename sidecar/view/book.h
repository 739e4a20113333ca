// SPDX-License-Identifier: Apache-2.0
// The book of a running instance, as its journal tells it: the same events through the same engine, in this process.
// The hot loop is not asked for anything.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "core/engine.h"

namespace bulwark::view {

// Throws journal::JournalError where the journal cannot be read.
std::unique_ptr<core::Engine> book_of(const std::string& journal_directory);

// Positions, accounts, limits with a value, latched states: the snapshot of the contract, section 7.
nlohmann::ordered_json book_json(core::Engine& engine);

// Every control: what it covers, its value and maximum, how old its oldest input is, why it cannot be evaluated.
nlohmann::ordered_json controls_json(core::Engine& engine, TimeNs now);

// Symbols that are held or worked and have no fresh mark: {symbol, age_ns (null: there was none)}.
nlohmann::ordered_json stale_json(const core::Engine& engine, TimeNs now);

}  // namespace bulwark::view
