// SPDX-License-Identifier: Apache-2.0
// The heads that a server was told of a journal, second by second, held against the journal as it is now.
#pragma once

#include <string>

#include "sidecar/ledger/postgres/connection.h"

namespace bulwark::ledger::postgres {

struct Heads {
  std::uint64_t count = 0;  // those that are in the journal
  std::uint64_t last = 0;   // the record of the newest one
  std::string damage;       // the first thing that does not fit; empty: everything does
};

// Also looks at the server's own chain. Throws DatabaseError or journal::JournalError.
Heads compare_heads(Connection& database, const std::string& journal_directory);

}  // namespace bulwark::ledger::postgres
