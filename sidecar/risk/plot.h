// SPDX-License-Identifier: Apache-2.0
// `--plot FILE.svg`: a matrix as a heat map, a back-test as returns with the VaR below them, anything else as bars.
#pragma once

#include <string>

#include "sidecar/risk/report.h"

namespace bulwark::risk {

// Throws Mistake where the name does not end in .svg. To be asked before the work is done.
void check_plot(const std::string& file);

void plot(const Report& report, const std::string& file);

}  // namespace bulwark::risk
