// SPDX-License-Identifier: Apache-2.0
#include "sidecar/model/backing.h"

#include <algorithm>

#include "core/risk_model.h"
#include "sidecar/model/returns.h"

namespace bulwark::model {

Backing backing_of(const core::Model& model, const Closes& closes, const Source& source) {
  Backing backing;
  backing.version = core::version_of(model);
  backing.confidence = core::to_model(model.confidence);
  backing.lambda = core::to_model(source.lambda);
  for (const core::Scenario& scenario : model.scenarios) backing.scenarios.push_back(scenario.name);
  if (closes.dates.size() < dates_min) return backing;
  const std::size_t count = std::min(closes.dates.size() - 1, return_count_max), first = closes.dates.size() - count;
  backing.symbols = closes.symbols;
  backing.first_date = closes.dates[first];
  backing.last_date = closes.dates.back();
  backing.returns = returns_of(closes).bottomRows(static_cast<Eigen::Index>(count));
  return backing;
}

}  // namespace bulwark::model
