// SPDX-License-Identifier: Apache-2.0
#include "sidecar/ledger/postgres/closes.h"

#include <map>
#include <set>
#include <stdexcept>

#include "sidecar/config/csv.h"

namespace bulwark::ledger::postgres {

[[noreturn]] static void refuse(int row, const std::string& found, const char* needed) {
  throw std::runtime_error("--closes: row " + std::to_string(row + 1) + ": found \"" + found + "\"; needed is " +
                           needed);
}

std::string closes_of(Connection& database, const std::string& query) {
  database.run("BEGIN READ ONLY");
  const Result rows = database.run(query, {});  // one command only: nothing can end the transaction before it
  database.run("ROLLBACK");
  if (rows.status() != PGRES_TUPLES_OK || PQnfields(rows.get()) != 3)
    throw std::runtime_error("--closes: needed is a SELECT of three columns: date, symbol, close");
  std::map<std::string, std::map<std::string, std::string>> days;
  std::set<std::string> symbols;
  bool any = false;
  for (int row = 0; row < rows.rows(); ++row) {
    const std::string date(rows.text(row, 0)), symbol(rows.text(row, 1)), close(rows.text(row, 2));
    if (!config::is_date(date)) refuse(row, date, "a date, like \"2024-01-31\"");
    if (symbol.empty() || symbol.find_first_of(",\"\r\n") != std::string::npos) refuse(row, symbol, "a symbol");
    if (!close.empty() && !config::price_of(close)) refuse(row, close, config::price_words);
    if (!days[date].emplace(symbol, close).second)
      throw std::runtime_error("--closes: " + symbol + " has more than one close on " + date);
    symbols.insert(symbol);
    any = any || !close.empty();
  }
  if (!any) throw std::runtime_error("--closes: the server has no closes");
  std::string text = "date";
  for (const std::string& symbol : symbols) text += "," + symbol;
  for (const auto& [date, closes] : days) {
    text += "\n" + date;
    for (const std::string& symbol : symbols) {
      const auto found = closes.find(symbol);
      text += "," + (found == closes.end() ? std::string{} : found->second);
    }
  }
  return text + "\n";
}

}  // namespace bulwark::ledger::postgres
