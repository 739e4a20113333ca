// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/metrics/tally.h"

namespace bulwark::metrics {

void Tally::count(const nlohmann::ordered_json& row) {
  const auto text = [&](const char* key) { return row.value(key, std::string()); };
  const std::string type = text("type");
  if (type == "verdict") ++(text("decision") == "resized" ? resizes_ : rejects_)[text("reason")];
  if (type == "breach") ++breaches_[text("limit")];
  // Some warnings are about no limit: a fill of an order that nobody knows, a table that is full.
  if (type == "warning" && row.contains("limit")) ++warnings_[text("limit")];
}

}  // namespace bulwark::metrics
