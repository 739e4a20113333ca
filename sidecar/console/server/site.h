// SPDX-License-Identifier: Apache-2.0
// What the server asks of whoever knows the answers, in words without any of the library's: all of it on the server's
// one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sidecar/console/message.h"

namespace bulwark::console {

struct Request {
  std::string method, path, query;
  std::string host, cookie, csrf, content_type;
  std::optional<std::string> origin;
  std::string body;
  std::string address;  // of who asks
};

struct Answer {
  unsigned status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers{};
};
using Reply = std::function<void(Answer)>;  // once, from any thread

Answer sorry(unsigned status, const std::string& why);  // {"error": why}

class Site {
public:
  virtual ~Site() = default;
  virtual void answer(const Request& request, Reply reply) = 0;
  // Of a WebSocket: nothing, it may be opened, and `pass` is asked for again while it is open.
  virtual std::optional<Answer> why_not_watch(const Request& request, std::string& pass) = 0;
  virtual bool may_go_on(const std::string& pass) = 0;
  // What a page is sent first.
  virtual std::vector<Bytes> opening() = 0;
  // Sent to all pages now.
  virtual void take(const Message& message) = 0;
};

}  // namespace bulwark::console
