// SPDX-License-Identifier: Apache-2.0
// The schema in its versions (migrations/V001__....sql, compiled in): immutable once applied, each in one transaction,
// noted in bulwark.migration with its checksum. The ledger itself never changes a schema: an operator does.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/ledger/postgres/connection.h"

namespace bulwark::ledger::postgres {

struct Migration {
  int version;
  std::string_view name, text;
};
std::span<const Migration> migrations();  // in their order

struct Version {
  int version;
  std::string name;
  enum class State { Applied, Pending, Changed, Unknown } state;
};
std::string_view name_of(Version::State state);

// What this build knows and what the database has.
std::vector<Version> versions(Connection& database);

// Why this build must not ship into this schema, in words; empty: it is the right one.
std::string schema_objection(Connection& database);

// Applies what is pending and says what it applied. Throws DatabaseError where the database has what this build does
// not know.
std::vector<Version> migrate(Connection& database);

}  // namespace bulwark::ledger::postgres
