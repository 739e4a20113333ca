// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/routes.h"

#include <array>

#include "shm/clock.h"
#include "shm/words.h"
#include "sidecar/console/pages.h"
#include "sidecar/console/people/tokens.h"

namespace bulwark::console {

using Json = nlohmann::ordered_json;
using config::Role;

static constexpr std::array<const char*, 4> role_names{"none", "view", "operate", "configure"};
static constexpr std::array<std::string_view, 7> posts{"login",  "logout",   "stop",       "preflight",
                                                       "resume", "override", "acknowledge"};
static constexpr std::string_view api = "/api/v1/";

static bool is_post_path(const std::string& path) {
  return path.starts_with(api) && std::find(posts.begin(), posts.end(), path.substr(api.size())) != posts.end();
}

// Browsers send a host's cookies to all of its ports: each instance has one of its own.
static std::string cookie_name(const std::string& instance) { return "bulwark-" + instance + "="; }

static std::string token_of(const std::string& cookies, const std::string& name) {
  for (std::size_t start = 0; start < cookies.size();) {
    const std::size_t end = std::min(cookies.find(';', start), cookies.size());
    std::string_view one = std::string_view(cookies).substr(start, end - start);
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.starts_with(name)) return std::string(one.substr(name.size()));
    start = end + 1;
  }
  return {};
}

// Whoever asks is answered, whatever becomes of the work.
static void give(Worker& worker, std::function<Answer()> work, const Reply& reply) {
  const bool taken = worker.post([work = std::move(work), reply] {
    Answer answer;
    try {
      answer = work();
    } catch (const std::exception& failure) {
      answer = sorry(500, failure.what());
    }
    reply(std::move(answer));
  });
  if (!taken) reply(sorry(503, "too much is waiting"));
}

Routes::Routes(std::string instance, const config::Console& console, Origins origins, People people,
               const Series& series, const Readiness& readiness, Elsewhere elsewhere, Workers workers)
    : instance_(std::move(instance)),
      origins_(std::move(origins)),
      people_(std::move(people)),
      open_(!people_.named() && console.loopback() && console.origins.empty()),
      readiness_(readiness),
      elsewhere_(std::move(elsewhere)),
      workers_(workers),
      scene_(series) {}

const Session* Routes::session_of(const Request& request) {
  return sessions_.find(token_of(request.cookie, cookie_name(instance_)), shm::monotonic_now());
}

bool Routes::may_view(const Session* session) const { return open_ || session != nullptr; }

void Routes::answer(const Request& request, Reply reply) {
  if (!origins_.knows_host(request.host)) return reply(sorry(403, "this console is not known by that name (Host)"));
  if (request.origin && !origins_.knows(*request.origin)) return reply(sorry(403, "another page asks (Origin)"));
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (is_post_path(request.path)) {
    if (request.method == "POST") return post(request, reply);
    Answer wrong = sorry(405, "this needs POST");
    wrong.headers.emplace_back("Allow", "POST");
    return reply(wrong);
  }
  if (!reads) {
    Answer wrong = sorry(405, "this needs GET");
    wrong.headers.emplace_back("Allow", "GET, HEAD");
    return reply(wrong);
  }
  if (request.path != "/metrics") return reply(get(request));
  give(workers_.scrapes, elsewhere_.metrics, reply);
}

Answer Routes::get(const Request& request) {
  if (request.path == "/livez" || request.path == "/-/healthy") return {200, "text/plain; charset=utf-8", "alive\n"};
  if (request.path == "/readyz" || request.path == "/-/ready") return ready(request);
  if (auto file = page_file(request.path)) return *file;
  const Session* session = session_of(request);
  if (request.path == "/api/v1/session") return session_document(session);
  if (request.path == "/ws") return sorry(400, "this is a WebSocket");
  if (request.path != "/api/v1/view") return sorry(404, "there is no such page");
  if (!may_view(session)) return sorry(401, "log in first");
  return {200, "application/json", scene_.whole()};
}

// A stop that is engaged is no reason: the console shows it, and ends it.
Answer Routes::ready(const Request& request) const {
  bool all = true;
  std::string text;
  Json checks = Json::array();
  for (const Check& check : readiness_.checks(shm::monotonic_now())) {
    const bool good = check.why_not.empty();
    all = all && good;
    if (!good) text += "not ready: " + check.name + ": " + check.why_not + "\n";
    checks.push_back({{"name", check.name}, {"ready", good}, {"why_not", good ? Json(nullptr) : Json(check.why_not)}});
  }
  const unsigned status = all ? 200 : 503;
  if (request.query != "verbose") return {status, "text/plain; charset=utf-8", all ? "ready\n" : text};
  return {status, "application/json", Json{{"ready", all}, {"checks", checks}}.dump() + "\n"};
}

Answer Routes::session_document(const Session* session) const {
  const Role role = session != nullptr ? session->role : open_ ? Role::View : Role::None;
  const Json document{{"schema", 1},
                      {"instance", instance_},
                      {"person", session != nullptr ? Json(session->person) : Json(nullptr)},
                      {"role", role_names[static_cast<std::size_t>(role)]},
                      {"csrf", session != nullptr ? Json(session->csrf) : Json(nullptr)},
                      {"login", people_.named() ? "person" : "token"}};
  return {200, "application/json", document.dump() + "\n"};
}

// ------------------------------------------------------------------------------------------------ changes

std::optional<Answer> Routes::why_not_post(const Request& request) const {
  if (!request.origin) return sorry(403, "no page of this console asks (Origin)");
  const std::string type = request.content_type.substr(0, request.content_type.find(';'));
  if (type != "application/json") return sorry(415, "Content-Type: application/json is wanted");
  return std::nullopt;
}

void Routes::post(const Request& request, const Reply& reply) {
  if (const auto why_not = why_not_post(request)) return reply(*why_not);
  const std::string what = request.path.substr(api.size());
  if (what == "login") return reply(login(request));
  const Session* session = session_of(request);
  if (session == nullptr) return reply(sorry(401, "log in first"));
  if (!same(request.csrf, session->csrf)) return reply(sorry(403, "X-Bulwark-CSRF is not this session's"));
  if (what == "logout") return reply(logout(request));
  if (what == "stop") return act(request, Role::Operate, workers_.stops, stop, reply);
  if (what == "preflight") return act(request, Role::Operate, workers_.others, preflight, reply);
  if (what == "resume") return act(request, Role::Operate, workers_.others, resume, reply);
  if (what == "override") return act(request, Role::Configure, workers_.others, override_limit, reply);
  act(request, Role::Operate, workers_.others, elsewhere_.acknowledge, reply);
}

void Routes::act(const Request& request, Role needed, Worker& worker, Action action, const Reply& reply) {
  const Session* session = session_of(request);
  if (session == nullptr || session->role < needed) {
    return reply(sorry(403, std::string("this needs the role ") + role_names[static_cast<std::size_t>(needed)]));
  }
  nlohmann::json asked = nlohmann::json::parse(request.body, nullptr, false);
  if (!asked.is_object()) return reply(sorry(400, "the body is no JSON object"));
  const Person person{instance_, session->person};
  give(
      worker, [person, asked = std::move(asked), action = std::move(action)] { return action(person, asked); }, reply);
}

std::string Routes::cookie(const Request& request, const std::string& value, bool ends) const {
  return cookie_name(instance_) + value + "; Path=/; HttpOnly; SameSite=Strict" + (ends ? "; Max-Age=0" : "") +
         (request.origin && request.origin->starts_with("https://") ? "; Secure" : "");
}

Answer Routes::login(const Request& request) {
  const MonotonicNs now = shm::monotonic_now();
  if (const std::int64_t wait_s = wrong_.wait_s(request.address, now); wait_s > 0) {
    Answer later = sorry(429, "too many wrong tokens; wait " + std::to_string(wait_s) + " s");
    later.headers.emplace_back("Retry-After", std::to_string(wait_s));
    return later;
  }
  const nlohmann::json asked = nlohmann::json::parse(request.body, nullptr, false);
  const auto is_text = [&](const char* field) { return asked.contains(field) && asked[field].is_string(); };
  if (!asked.is_object() || !is_text("token")) return sorry(400, "wanted is {\"token\": \"...\", \"person\": \"...\"}");
  const std::string name = is_text("person") ? asked["person"].get<std::string>() : "";
  if (!people_.named() && !valid_name(name)) return sorry(400, "person: say who you are, 1 to 32 printable characters");
  const auto person = people_.who(asked["token"], name);
  if (!person) {
    wrong_.note(request.address, now);
    return sorry(401, "that token is not right");
  }
  const std::string token = sessions_.begin(person->name, person->role, now);
  Answer answer = session_document(sessions_.find(token, now));
  answer.headers.emplace_back("Set-Cookie", cookie(request, token, false));
  return answer;
}

Answer Routes::logout(const Request& request) {
  sessions_.end(token_of(request.cookie, cookie_name(instance_)));
  Answer answer = session_document(nullptr);
  answer.headers.emplace_back("Set-Cookie", cookie(request, "", true));
  return answer;
}

// ------------------------------------------------------------------------------------------------ pages

std::optional<Answer> Routes::why_not_watch(const Request& request, std::string& pass) {
  if (!origins_.knows_host(request.host)) return sorry(403, "this console is not known by that name (Host)");
  if (!request.origin || !origins_.knows(*request.origin)) return sorry(403, "another page asks (Origin)");
  const Session* session = session_of(request);
  if (!may_view(session)) return sorry(401, "log in first");
  pass = session != nullptr && !open_ ? session->digest : "";
  return std::nullopt;
}

bool Routes::may_go_on(const std::string& pass) {
  return pass.empty() ? open_ : sessions_.lives(pass, shm::monotonic_now());
}

}  // namespace bulwark::console
