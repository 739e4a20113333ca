// SPDX-License-Identifier: Apache-2.0
// What a misspelt word was probably meant to be, and how found text is shown in a message.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bulwark::config {

// The nearest of `known`, near enough to be what was meant; empty: none is.
std::string near_miss(std::string_view word, const std::vector<std::string>& known);

// `; did you mean "..."?`, or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

// In double quotes, control characters and quotes escaped as in TOML and JSON.
std::string quoted(std::string_view text);

// The same for a message: shortened where it is long.
std::string shown(std::string_view text);

// `a`, `b` and `c`, each in quotes.
std::string listed(const std::vector<std::string>& words);

// A key of TOML: bare where that is possible, else quoted.
std::string key_text(std::string_view key);

bool valid_utf8(std::string_view text);

}  // namespace bulwark::config
