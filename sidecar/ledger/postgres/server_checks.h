// SPDX-License-Identifier: Apache-2.0
// Whether a server and a login are fit to hold an audit trail.
#pragma once

#include <stdexcept>

#include "sidecar/ledger/postgres/connection.h"

namespace bulwark::ledger::postgres {

// Nothing is shipped before a person has put something right.
class Refused : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

// Takes the writer's role, whatever else the login may do. Throws Refused: what a commit says would not last, the
// schema is not ours, or the login is no writer.
void demand_fit(Connection& database);

}  // namespace bulwark::ledger::postgres
