// SPDX-License-Identifier: Apache-2.0
// A picture as PNG, by the program rsvg-convert (librsvg): as a library it would be 50 more to load for every command.
#pragma once

#include <string>

namespace bulwark::risk {

// Throws Mistake: the program is not there, or cannot write the file.
void write_png(const std::string& svg, const std::string& file);

}  // namespace bulwark::risk
