// SPDX-License-Identifier: Apache-2.0
// Every address of the console: who may ask for what, and what is answered. On the server's thread; what waits is given
// to workers.
#pragma once

#include <functional>
#include <string>

#include "sidecar/console/actions.h"
#include "sidecar/console/origins.h"
#include "sidecar/console/people/login.h"
#include "sidecar/console/people/sessions.h"
#include "sidecar/console/readiness.h"
#include "sidecar/console/scene.h"
#include "sidecar/console/server/site.h"
#include "sidecar/console/worker.h"

namespace bulwark::console {

// What is answered elsewhere: metrics and alerts.
struct Elsewhere {
  std::function<Answer()> metrics;
  std::function<Answer(const Person& person, const nlohmann::json& asked)> acknowledge;
};

// Each for what waits alike: no scrape and no other action is in the way of a stop, no scrape in the way of an action.
struct Workers {
  Worker &stops, &others, &scrapes;
};

class Routes : public Site {
public:
  Routes(std::string instance, const config::Console& console, Origins origins, People people, const Series& series,
         const Readiness& readiness, Elsewhere elsewhere, Workers workers);

  void answer(const Request& request, Reply reply) override;
  std::optional<Answer> why_not_watch(const Request& request, std::string& pass) override;
  bool may_go_on(const std::string& pass) override;
  std::vector<Bytes> opening() override { return scene_.opening(); }
  void take(const Message& message) override { scene_.take(message); }

private:
  using Action = std::function<Answer(const Person&, const nlohmann::json&)>;

  Answer get(const Request& request);
  Answer ready(const Request& request) const;
  Answer session_document(const Session* session) const;
  std::optional<Answer> why_not_post(const Request& request) const;
  void post(const Request& request, const Reply& reply);
  Answer login(const Request& request);
  Answer logout(const Request& request);
  void act(const Request& request, config::Role needed, Worker& worker, Action action, const Reply& reply);
  const Session* session_of(const Request& request);
  bool may_view(const Session* session) const;
  std::string cookie(const Request& request, const std::string& value, bool ends) const;

  const std::string instance_;
  const Origins origins_;
  const People people_;
  const bool open_;  // viewing needs no log-in
  const Readiness& readiness_;
  const Elsewhere elsewhere_;
  const Workers workers_;
  Scene scene_;
  Sessions sessions_;
  WrongTokens wrong_;
};

}  // namespace bulwark::console
