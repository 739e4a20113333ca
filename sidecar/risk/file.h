// SPDX-License-Identifier: Apache-2.0
// A whole file as text, gzipped or not.
#pragma once

#include <string>

namespace bulwark::risk {

// Throws Mistake: it cannot be read, is cut off or damaged, or holds nothing.
std::string read_file(const std::string& path);

}  // namespace bulwark::risk
