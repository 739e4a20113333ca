// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "sidecar/ledger/postgres/server_checks.h"

#include "sidecar/ledger/postgres/migrations.h"

namespace bulwark::ledger::postgres {

namespace {

constexpr std::int64_t version_min = 150'000;
constexpr const char* insufficient_privilege = "42501";

void demand_durable(Connection& database) {
  const Result settings = database.run(
      "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND "
      "setting = 'off' ORDER BY name");
  if (settings.rows() == 0) return;
  throw Refused("the server has " + std::string(settings.text(0, 0)) +
                " off: what it confirms may be gone after a crash. Switch it on; nothing is shipped before");
}

}  // namespace

void demand_fit(Connection& database) {
  if (database.run("SHOW server_version_num").integer(0, 0) < version_min) {
    throw Refused("the server is older than PostgreSQL 15");
  }
  demand_durable(database);
  try {
    if (const std::string objection = schema_objection(database); !objection.empty()) throw Refused(objection);
    database.run("SET ROLE bulwark_writer");
  } catch (const DatabaseError& error) {
    if (error.state() != insufficient_privilege) throw;
    const std::string login(database.run("SELECT session_user").text(0, 0));
    throw Refused("\"" + login + "\" is no writer of this ledger: GRANT bulwark_writer TO " + login);
  }
}

}  // namespace bulwark::ledger::postgres
