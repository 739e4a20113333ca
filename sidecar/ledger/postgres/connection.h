// SPDX-License-Identifier: Apache-2.0
// libpq with owners and deadlines: a server that is frozen, or behind a dead network, costs a wait and an exception,
// never the thread. One thread uses a connection.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "shm/units.h"

namespace bulwark::ledger::postgres {

// What the server said, or that nothing is heard of it any more. A question that was on its way may have been carried
// out: whoever asked looks again.
class DatabaseError : public std::runtime_error {
public:
  DatabaseError(const std::string& message, std::string state)
      : std::runtime_error(message), state_(std::move(state)) {}
  const std::string& state() const { return state_; }  // SQLSTATE; empty: the connection is at fault

private:
  std::string state_;
};

class Result {
public:
  explicit Result(PGresult* result) : result_(result, PQclear) {}

  int rows() const { return PQntuples(result_.get()); }
  std::string_view text(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
  }
  std::int64_t integer(int row, int column) const { return std::stoll(std::string(text(row, column))); }
  bool boolean(int row, int column) const { return text(row, column) == "t"; }
  ExecStatusType status() const { return PQresultStatus(result_.get()); }
  const PGresult* get() const { return result_.get(); }

private:
  std::unique_ptr<PGresult, decltype(&PQclear)> result_;
};

// A parameter of a question: text, or the binary form of its type.
struct Parameter {
  std::string bytes;
  bool binary = false;
};

class Connection {
public:
  // `patience`: for how long the server may be silent.
  explicit Connection(const std::string& url, DurationNs patience = milliseconds(20'000));

  // One command, or several without parameters. Throws DatabaseError.
  Result run(const std::string& sql);
  Result run(const std::string& sql, std::span<const Parameter> parameters);
  // `sql` is a COPY ... FROM STDIN; `parts`, one behind the other, all that it takes.
  void copy(const std::string& sql, std::span<const std::string_view> parts);

private:
  void send(int accepted);
  void flush();
  Result collect();
  void wait(short events);
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void fail(const Result& result) const;

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  DurationNs patience_;
};

// The binary form of arrays, for parameters.
Parameter array_of(std::span<const std::int64_t> numbers);
Parameter array_of(std::span<const std::string_view> texts);  // of bytea

}  // namespace bulwark::ledger::postgres
