// SPDX-License-Identifier: Apache-2.0
// Who stopped trading, when and why, how long each client took, and who let it go on: made of the ledger's rows, for
// `bulwark audit` and the reports. PostgreSQL's view `stops` says the same.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "sidecar/ledger/cells.h"

namespace bulwark::ledger {

// A row as JSON: seq, t, table, and its cells by their names.
nlohmann::ordered_json json_of(const CellRow& row);

// Rows of what people want, and which of them were refused (rows of the table `error`).
struct Wishes {
  std::vector<CellRow> rows;
  std::set<std::string> refused;

  void take(const CellRow& row);
  bool done(const CellRow& row) const { return !refused.contains(std::to_string(row.sequence)); }
};

// One for each stop of a person, each lapse of the lease, and each state that a limit latched, in their order: seq, t,
// type, scope, operator, reason, epoch, resumed (when, or null), clients (by name: outcome, delay_ns; or null).
// `wishes` has the rows of the tables stop, state, client_stop and error. `resumes`: of each, the row that ended it, or
// none.
std::vector<nlohmann::ordered_json> stops_of(const Wishes& wishes, std::vector<const CellRow*>* resumes = nullptr);

}  // namespace bulwark::ledger
