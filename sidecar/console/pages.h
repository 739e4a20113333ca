// SPDX-License-Identifier: Apache-2.0
// The files that a browser is given.
#pragma once

#include <optional>
#include <string>

#include "sidecar/console/server/site.h"

namespace bulwark::console {

// Nothing: there is no such file.
std::optional<Answer> page_file(const std::string& path);

}  // namespace bulwark::console
