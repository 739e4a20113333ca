// SPDX-License-Identifier: Apache-2.0
// The table of what `bulwark risk` can be asked, and the way of a request through it.
#pragma once

#include <span>

#include "sidecar/risk/inputs.h"

namespace bulwark::risk {

struct What {
  const char* name;
  const char* help;
  void (*answer)(const Request& request, const Inputs& inputs, Report& report);
};

std::span<const What> whats();

// Throws Mistake.
Report answer(const Request& request);

void covariance(const Request& request, const Inputs& inputs, Report& report);
void correlation(const Request& request, const Inputs& inputs, Report& report);
void value_at_risk(const Request& request, const Inputs& inputs, Report& report);
void expected_shortfall(const Request& request, const Inputs& inputs, Report& report);
void components(const Request& request, const Inputs& inputs, Report& report);
void incremental(const Request& request, const Inputs& inputs, Report& report);
void backtest(const Request& request, const Inputs& inputs, Report& report);
void sectors(const Request& request, const Inputs& inputs, Report& report);
void stress(const Request& request, const Inputs& inputs, Report& report);
void drawdown(const Request& request, const Inputs& inputs, Report& report);
void kelly(const Request& request, const Inputs& inputs, Report& report);
void garch(const Request& request, const Inputs& inputs, Report& report);
void regime(const Request& request, const Inputs& inputs, Report& report);
void attribution(const Request& request, const Inputs& inputs, Report& report);

}  // namespace bulwark::risk
