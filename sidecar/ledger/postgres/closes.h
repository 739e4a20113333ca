// SPDX-License-Identifier: Apache-2.0
// Daily closes out of PostgreSQL, as the price file that the gate's model is made of ([model] prices).
#pragma once

#include <string>

#include "sidecar/ledger/postgres/connection.h"

namespace bulwark::ledger::postgres {

// Asks `query` for date, symbol and close, in a transaction that may only read, and returns them as a price file:
// `date,SYM1,SYM2,...`, ascending; a close that is null or not there is an empty field. Throws DatabaseError, or
// std::runtime_error where the answer is none: other columns, no rows, what is no date, no name or no price.
std::string closes_of(Connection& database, const std::string& query);

}  // namespace bulwark::ledger::postgres
