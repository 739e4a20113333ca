// SPDX-License-Identifier: Apache-2.0
// VaR and ES of observed losses by the name of a convention.
#pragma once

#include "core/analytics/quantile.h"
#include "sidecar/risk/request.h"

namespace bulwark::risk {

// `convention`: of the quantile family, or of the tail family.
double loss_by(const std::string& convention, const analytics::SortedLosses& losses, double confidence);

// Throws Mistake where less than one of the losses lies in the tail: the answer would be the worst of them, whatever
// the confidence.
void need_tail(const Request& request, Eigen::Index count, double confidence);

}  // namespace bulwark::risk
