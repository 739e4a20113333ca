// SPDX-License-Identifier: Apache-2.0
// hiredis with an owner and a deadline. Commands are sent together and answered together; one thread uses a connection.
#pragma once

#include <hiredis/hiredis.h>

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "shm/units.h"

namespace bulwark::ledger::redis {

class RedisError : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

// One answer: the text of a string, status or error, the digits of a number; or a list of them.
struct Answer {
  enum class Kind { Null, Text, Error, List } kind = Kind::Null;
  std::string text;
  std::vector<Answer> list;
};

class Connection {
public:
  // unix:///PATH[?db=N] or redis://[USER:PASSWORD@]HOST[:PORT][/N]. `patience`: for how long Redis may be silent.
  explicit Connection(const std::string& url, DurationNs patience = milliseconds(2'000));

  // Takes a command along with the next `send`.
  void add(std::span<const std::string_view> words);
  void add(std::initializer_list<std::string_view> words) { add(std::span(words.begin(), words.size())); }
  // Sends what was added; an answer for each. Throws RedisError where the connection fails.
  std::vector<Answer> send();
  // One command; its answer. Throws RedisError also where the answer is an error.
  Answer ask(std::initializer_list<std::string_view> words);

private:
  [[noreturn]] void fail() const;

  std::unique_ptr<redisContext, decltype(&redisFree)> context_;
  std::size_t waiting_ = 0;
};

// Where a URL leads. Throws RedisError where it is none.
struct Address {
  std::string path;  // of a Unix socket; empty: host and port
  std::string host;
  int port = 6379;
  std::string user, password, database;
};
Address parse_url(std::string_view url);

}  // namespace bulwark::ledger::redis
