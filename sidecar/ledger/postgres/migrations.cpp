// SPDX-License-Identifier: Apache-2.0
// Comparing the versions of a database with ours, and bringing it up to them.
#include "sidecar/ledger/postgres/migrations.h"

#include <algorithm>
#include <map>

namespace bulwark::ledger::postgres {

namespace {

constexpr std::string_view how = "bulwark-ledger --migrate --config FILE, by the owner of the schema";

std::string checksum(Connection& database, std::string_view text) {
  const Parameter parameter{std::string(text), false};
  return std::string(database.run("SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')", {&parameter, 1}).text(0, 0));
}

std::string file_name(const Version& version) {
  std::string number = std::to_string(version.version);
  number.insert(0, number.size() < 3 ? 3 - number.size() : 0, '0');
  return "V" + number + "__" + version.name;
}

void apply(Connection& database, const Migration& migration) {
  const Parameter row[] = {{std::to_string(migration.version), false},
                           {std::string(migration.name), false},
                           {checksum(database, migration.text), false}};
  database.run("BEGIN");
  database.run(std::string(migration.text));
  database.run("INSERT INTO bulwark.migration (version, name, checksum) VALUES ($1, $2, $3)", row);
  database.run("COMMIT");
}

}  // namespace

std::string_view name_of(Version::State state) {
  switch (state) {
    case Version::State::Applied: return "applied";
    case Version::State::Pending: return "pending";
    case Version::State::Changed: return "changed";
    case Version::State::Unknown: return "unknown";
  }
  return "";
}

std::vector<Version> versions(Connection& database) {
  std::map<int, std::pair<std::string, std::string>> applied;
  if (!database.run("SELECT to_regclass('bulwark.migration')").text(0, 0).empty()) {
    const Result rows = database.run("SELECT version, name, checksum FROM bulwark.migration");
    for (int i = 0; i < rows.rows(); ++i) {
      applied[static_cast<int>(rows.integer(i, 0))] = {std::string(rows.text(i, 1)), std::string(rows.text(i, 2))};
    }
  }
  std::vector<Version> result;
  for (const Migration& ours : migrations()) {
    const auto theirs = applied.find(ours.version);
    Version version{ours.version, std::string(ours.name), Version::State::Pending};
    if (theirs != applied.end()) {
      const bool same = theirs->second.second == checksum(database, ours.text);
      version.state = same ? Version::State::Applied : Version::State::Changed;
      applied.erase(theirs);
    }
    result.push_back(std::move(version));
  }
  for (const auto& [number, row] : applied) result.push_back({number, row.first, Version::State::Unknown});
  return result;
}

std::string schema_objection(Connection& database) {
  for (const Version& version : versions(database)) {
    switch (version.state) {
      case Version::State::Applied: break;
      case Version::State::Pending:
        return "the schema lacks " + file_name(version) + "; apply it with " + std::string(how);
      case Version::State::Changed: return file_name(version) + " was applied with another text than this build has";
      case Version::State::Unknown:
        return "the schema has " + file_name(version) + ", which this build does not know: it is of a later one";
    }
  }
  return {};
}

std::vector<Version> migrate(Connection& database) {
  database.run("SELECT pg_advisory_lock(hashtext('bulwark.migration'))");  // until this connection ends
  database.run("CREATE SCHEMA IF NOT EXISTS bulwark");
  database.run(
      "CREATE TABLE IF NOT EXISTS bulwark.migration (version integer PRIMARY KEY, name text NOT NULL, checksum text "
      "NOT "
      "NULL, applied_at timestamptz NOT NULL DEFAULT now(), applied_by text NOT NULL DEFAULT current_user)");
  std::vector<Version> before = versions(database);
  for (const Version& version : before) {
    if (version.state == Version::State::Applied || version.state == Version::State::Pending) continue;
    throw DatabaseError("nothing was changed: " + schema_objection(database), "");
  }
  std::erase_if(before, [](const Version& version) { return version.state == Version::State::Applied; });
  for (Version& version : before) {
    apply(database, *std::find_if(migrations().begin(), migrations().end(),
                                  [&](const Migration& ours) { return ours.version == version.version; }));
    version.state = Version::State::Applied;
  }
  return before;
}

}  // namespace bulwark::ledger::postgres
