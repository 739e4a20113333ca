// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/observed.h"

#include <fmt/format.h>

#include <cmath>

#include "sidecar/risk/mistake.h"

namespace bulwark::risk {

double loss_by(const std::string& convention, const analytics::SortedLosses& losses, double confidence) {
  if (convention == "type1") return losses.type1(confidence);
  if (convention == "type7") return losses.type7(confidence);
  if (convention == "acerbi_tasche") return losses.acerbi_tasche(confidence);
  if (convention == "tail_mean_ge") return losses.tail_mean_ge(confidence);
  return losses.tail_mean_gt(confidence);
}

void need_tail(const Request& request, Eigen::Index count, double confidence) {
  if (static_cast<double>(count) - analytics::observations_below(count, confidence) >= 1) return;
  throw Mistake(fmt::format("--method {}: {} returns say nothing about a confidence of {}: needed are {:.0f}",
                            request.method_name(), count, confidence, std::ceil(1 / (1 - confidence) - 1e-9)));
}

}  // namespace bulwark::risk
