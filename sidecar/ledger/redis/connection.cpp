// SPDX-License-Identifier: Apache-2.0
// Addresses, and the way of commands and answers through hiredis.
#include "sidecar/ledger/redis/connection.h"

#include <sys/time.h>

#include <charconv>

namespace bulwark::ledger::redis {

namespace {

timeval time_of(DurationNs duration) {
  return {duration.ns / 1'000'000'000, static_cast<suseconds_t>(duration.ns % 1'000'000'000 / 1'000)};
}

Answer answer_of(const redisReply& reply) {
  Answer answer;
  switch (reply.type) {
    case REDIS_REPLY_NIL: break;
    case REDIS_REPLY_INTEGER: answer = {Answer::Kind::Text, std::to_string(reply.integer), {}}; break;
    case REDIS_REPLY_ARRAY:
      answer.kind = Answer::Kind::List;
      for (std::size_t i = 0; i < reply.elements; ++i) answer.list.push_back(answer_of(*reply.element[i]));
      break;
    default:
      answer.kind = reply.type == REDIS_REPLY_ERROR ? Answer::Kind::Error : Answer::Kind::Text;
      answer.text.assign(reply.str, reply.len);
  }
  return answer;
}

}  // namespace

Address parse_url(std::string_view url) {
  constexpr std::string_view socket = "unix://", network = "redis://";
  Address address;
  if (url.starts_with(socket)) {
    url.remove_prefix(socket.size());
    if (const std::size_t option = url.find("?db="); option != std::string_view::npos) {
      address.database = url.substr(option + 4);
      url = url.substr(0, option);
    }
    address.path = url;
    if (url.starts_with('/')) return address;
  } else if (url.starts_with(network)) {
    url.remove_prefix(network.size());
    if (const std::size_t slash = url.find('/'); slash != std::string_view::npos) {
      address.database = url.substr(slash + 1);
      url = url.substr(0, slash);
    }
    if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
      const std::string_view who = url.substr(0, at);
      address.user = who.substr(0, who.find(':'));
      if (who.find(':') != std::string_view::npos) address.password = who.substr(who.find(':') + 1);
      url = url.substr(at + 1);
    }
    const std::size_t colon = url.rfind(':');
    address.host = url.substr(0, colon);
    const std::string_view port = colon == std::string_view::npos ? "6379" : url.substr(colon + 1);
    const auto read = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (!address.host.empty() && read.ec == std::errc{} && read.ptr == port.data() + port.size()) return address;
  }
  throw RedisError("no address of Redis: unix:///PATH or redis://HOST:PORT is one");
}

Connection::Connection(const std::string& url, DurationNs patience) : context_(nullptr, redisFree) {
  const Address address = parse_url(url);
  const timeval patient = time_of(patience);
  context_.reset(address.path.empty() ? redisConnectWithTimeout(address.host.c_str(), address.port, patient)
                                      : redisConnectUnixWithTimeout(address.path.c_str(), patient));
  if (context_ == nullptr) throw RedisError("out of memory");
  if (context_->err != 0 || redisSetTimeout(context_.get(), patient) != REDIS_OK) fail();
  if (!address.user.empty()) ask({"AUTH", address.user, address.password});
  else if (!address.password.empty()) ask({"AUTH", address.password});
  if (!address.database.empty()) ask({"SELECT", address.database});
}

void Connection::fail() const {
  // A time-out of the socket reads "Resource temporarily unavailable", which tells nobody anything.
  const bool silent = context_->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);
  throw RedisError(silent ? "Redis does not answer" : std::string("Redis: ") + context_->errstr);
}

void Connection::add(std::span<const std::string_view> words) {
  std::vector<const char*> starts;
  std::vector<std::size_t> lengths;
  for (const std::string_view word : words) {
    starts.push_back(word.data());
    lengths.push_back(word.size());
  }
  if (redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), starts.data(), lengths.data()) != 0) {
    fail();
  }
  ++waiting_;
}

std::vector<Answer> Connection::send() {
  std::vector<Answer> answers;
  for (; waiting_ > 0; --waiting_) {
    void* reply = nullptr;
    if (redisGetReply(context_.get(), &reply) != REDIS_OK) fail();
    const std::unique_ptr<void, decltype(&freeReplyObject)> owner(reply, freeReplyObject);
    answers.push_back(answer_of(*static_cast<const redisReply*>(reply)));
  }
  return answers;
}

Answer Connection::ask(std::initializer_list<std::string_view> words) {
  add(words);
  Answer answer = std::move(send().front());
  if (answer.kind == Answer::Kind::Error) throw RedisError("Redis: " + answer.text);
  return answer;
}

}  // namespace bulwark::ledger::redis
