// SPDX-License-Identifier: Apache-2.0
// The sentences of alerts: what a person at three in the morning has to know, and nothing else.
#pragma once

#include <string>

#include "sidecar/console/alerts/signal.h"

namespace bulwark::alerts {

// "the whole portfolio", or "account ACC1, symbol AAPL".
std::string scope_words(const Json& on);

// The options of a command for that scope: " --on account=ACC1", or nothing.
std::string scope_options(const Json& on);

// A text of a document: "" where it is missing or none.
std::string text_of(const Json& from, const char* key);

// A number or a decimal as it is written there; "unknown" where it is null.
std::string number_words(const Json& value);

// What a limit that is passed does, by its action.
std::string action_words(const std::string& action);

// What a state forbids, and how a person ends it.
std::string state_words(const std::string& state, const std::string& instance, const Json& on);

}  // namespace bulwark::alerts
