// SPDX-License-Identifier: Apache-2.0
// The configurations that a journal was written under, kept beside its files so that every decision can be replayed:
// journal/config-HASH.toml, HASH being 16 hex digits of the content. Cold.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/rules.h"

namespace bulwark::journal {

// A frozen configuration as rules. Throws JournalError where it does not read it.
using LoadRules = std::function<core::Rules(const std::string& frozen)>;

std::uint64_t configuration_hash(std::string_view text);  // never 0
std::string configuration_path(const std::string& directory, std::uint64_t hash);

// Durable when it returns. Throws JournalError.
std::uint64_t save_configuration(const std::string& directory, std::string_view text);

// The text with that hash. Throws JournalError where it is missing or changed.
std::string read_configuration(const std::string& directory, std::uint64_t hash);

}  // namespace bulwark::journal
