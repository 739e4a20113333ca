// SPDX-License-Identifier: Apache-2.0
// Nothing here blocks in libpq: the socket does not block, and every wait has an end.
#include "sidecar/ledger/postgres/connection.h"

#include <endian.h>
#include <poll.h>

#include <cstring>

#include "shm/clock.h"

namespace bulwark::ledger::postgres {

namespace {

constexpr Oid int8_oid = 20, bytea_oid = 17;  // of every PostgreSQL: pg_type.dat
constexpr std::size_t copy_piece_bytes = 1U << 20U;

std::string one_line(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '\n' ? ' ' : c;
  while (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

void put32(std::string& bytes, std::size_t number) {
  const std::uint32_t word = htobe32(static_cast<std::uint32_t>(number));
  bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
}

// One dimension, no nulls, the type, how many, counted from 1.
std::string array_head(Oid type, std::size_t count) {
  std::string bytes;
  for (const std::size_t word : {std::size_t{1}, std::size_t{0}, std::size_t{type}, count, std::size_t{1}}) {
    put32(bytes, word);
  }
  return bytes;
}

}  // namespace

Connection::Connection(const std::string& url, DurationNs patience)
    : connection_(nullptr, PQfinish), patience_(patience) {
  // What the URL says comes after these, and counts.
  const char* const keys[] = {"connect_timeout", "application_name", "tcp_user_timeout", "dbname", nullptr};
  const char* const values[] = {"5", "bulwark-ledger", "20000", url.c_str(), nullptr};
  connection_.reset(PQconnectdbParams(keys, values, 1));
  if (connection_ == nullptr) throw DatabaseError("out of memory", "");
  if (PQstatus(connection_.get()) != CONNECTION_OK) fail("cannot connect");
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  if (PQsetnonblocking(connection_.get(), 1) != 0) fail("cannot connect");
}

void Connection::fail(const std::string& what) const {
  throw DatabaseError(one_line(what + ": " + PQerrorMessage(connection_.get())), "");
}

void Connection::fail(const Result& result) const {
  const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  const char* message = PQresultErrorField(result.get(), PG_DIAG_MESSAGE_PRIMARY);
  if (state == nullptr || message == nullptr) fail("the connection is lost");
  throw DatabaseError(one_line(message), state);
}

void Connection::wait(short events) {
  pollfd source{PQsocket(connection_.get()), events, 0};
  const int ready = ::poll(&source, 1, static_cast<int>(patience_.ns / 1'000'000));
  if (ready == 0) throw DatabaseError("the server does not answer", "");
  if (ready < 0 && errno != EINTR) fail("the connection is lost");
}

// What cannot be sent yet may wait for the server, which may wait for us to read what it says.
void Connection::flush() {
  while (true) {
    const int left = PQflush(connection_.get());
    if (left < 0) fail("the connection is lost");
    if (left == 0) return;
    wait(POLLOUT | POLLIN);
    if (PQconsumeInput(connection_.get()) == 0) fail("the connection is lost");
  }
}

// The last result of what was sent; an error among them is thrown when all are read, so that the connection stays
// usable.
Result Connection::collect() {
  Result last(nullptr), wrong(nullptr);
  while (true) {
    while (PQisBusy(connection_.get()) != 0) {
      wait(POLLIN);
      if (PQconsumeInput(connection_.get()) == 0) fail("the connection is lost");
    }
    Result next(PQgetResult(connection_.get()));
    if (next.get() == nullptr) break;
    const ExecStatusType status = next.status();
    const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN;
    (good ? last : wrong) = std::move(next);
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) break;  // nothing follows by itself
  }
  if (wrong.get() != nullptr) fail(wrong);
  if (last.get() == nullptr || PQstatus(connection_.get()) != CONNECTION_OK) fail("the connection is lost");
  return last;
}

void Connection::send(int accepted) {
  if (accepted == 0) fail("the connection is lost");
  flush();
}

Result Connection::run(const std::string& sql) {
  send(PQsendQuery(connection_.get(), sql.c_str()));
  return collect();
}

Result Connection::run(const std::string& sql, std::span<const Parameter> parameters) {
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
  for (const Parameter& parameter : parameters) {
    values.push_back(parameter.bytes.c_str());
    lengths.push_back(static_cast<int>(parameter.bytes.size()));
    formats.push_back(parameter.binary ? 1 : 0);
  }
  send(PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(parameters.size()), nullptr, values.data(),
                         lengths.data(), formats.data(), 0));
  return collect();
}

void Connection::copy(const std::string& sql, std::span<const std::string_view> parts) {
  if (run(sql).status() != PGRES_COPY_IN) fail("the server takes no COPY");
  for (const std::string_view part : parts) {
    for (std::size_t at = 0; at < part.size(); at += copy_piece_bytes) {
      const std::string_view piece = part.substr(at, copy_piece_bytes);
      if (PQputCopyData(connection_.get(), piece.data(), static_cast<int>(piece.size())) < 0) {
        fail("the connection is lost");
      }
      flush();
    }
  }
  if (PQputCopyEnd(connection_.get(), nullptr) < 0) fail("the connection is lost");
  flush();
  collect();
}

Parameter array_of(std::span<const std::int64_t> numbers) {
  std::string bytes = array_head(int8_oid, numbers.size());
  for (const std::int64_t number : numbers) {
    put32(bytes, sizeof number);
    const std::uint64_t word = htobe64(static_cast<std::uint64_t>(number));
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  return {std::move(bytes), true};
}

Parameter array_of(std::span<const std::string_view> texts) {
  std::string bytes = array_head(bytea_oid, texts.size());
  for (const std::string_view text : texts) {
    put32(bytes, text.size());
    bytes += text;
  }
  return {std::move(bytes), true};
}

}  // namespace bulwark::ledger::postgres
