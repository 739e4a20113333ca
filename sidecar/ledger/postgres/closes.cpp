// SPDX-License-Identifier: Apache-2.0
#include "sidecar/ledger/postgres/closes.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <set>
#include <stdexcept>

#include "shm/memfd.h"

namespace bulwark::ledger::postgres {

static std::string field(const Result& rows, int row, int column) {
  const std::string text(rows.text(row, column));
  if (column < 2 && (text.empty() || text.find_first_of(",\"\r\n") != std::string::npos)) {
    throw std::runtime_error("--closes: row " + std::to_string(row + 1) + ": found " +
                             (text.empty() ? "nothing" : "\"" + text + "\"") +
                             (column == 0 ? " for a date" : " for a symbol"));
  }
  return text;
}

std::string closes_of(Connection& database, const std::string& query) {
  database.run("BEGIN READ ONLY");
  const Result rows = database.run(query, {});  // one command only: nothing can end the transaction before it
  database.run("ROLLBACK");
  if (rows.status() != PGRES_TUPLES_OK || PQnfields(rows.get()) != 3)
    throw std::runtime_error("--closes: needed is a SELECT of three columns: date, symbol, close");
  if (rows.rows() == 0) throw std::runtime_error("--closes: the server has no closes");
  std::map<std::string, std::map<std::string, std::string>> days;
  std::set<std::string> symbols;
  for (int row = 0; row < rows.rows(); ++row) {
    const std::string date = field(rows, row, 0), symbol = field(rows, row, 1);
    if (!days[date].emplace(symbol, field(rows, row, 2)).second)
      throw std::runtime_error("--closes: " + symbol + " has more than one close on " + date);
    symbols.insert(symbol);
  }
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

void write_whole(const std::string& path, const std::string& text) {
  const std::string making = path + ".new";
  const auto fail = [&](const char* what) {
    const std::string why = std::strerror(errno);
    ::unlink(making.c_str());
    throw std::runtime_error(path + ": " + what + ": " + why);
  };
  const shm::Descriptor file(::open(making.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file) fail("cannot be made");
  for (std::size_t written = 0; written < text.size();) {
    const ssize_t more = ::write(file.get(), text.data() + written, text.size() - written);
    if (more <= 0) fail("cannot be written");
    written += static_cast<std::size_t>(more);
  }
  if (::fsync(file.get()) != 0) fail("cannot be made durable");
  if (std::rename(making.c_str(), path.c_str()) != 0) fail("cannot be given its name");
}

}  // namespace bulwark::ledger::postgres
