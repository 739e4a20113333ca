// SPDX-License-Identifier: Apache-2.0
// Tokens that people and browsers show: drawn from the kernel, kept as SHA-256, compared in constant time.
#pragma once

#include <string>
#include <string_view>

namespace bulwark::console {

// 256 bits from the kernel, as 64 hex digits. Throws std::system_error where it gives none.
std::string draw_token();

// SHA-256, as 64 hex digits.
std::string digest_of(std::string_view token);

// Takes as long for a near miss as for a wide one.
bool same(std::string_view a, std::string_view b);

}  // namespace bulwark::console
