// SPDX-License-Identifier: Apache-2.0
// Lays environment variables over the tree of the file: BULWARK__LIMIT__AAPL_SIZE__MAX over limit.aapl-size.max.
#pragma once

#include <vector>

#include "sidecar/config/tree.h"

namespace bulwark::config {

void overlay(Node& root, const Environment& environment, std::vector<Mistake>& mistakes);

}  // namespace bulwark::config
