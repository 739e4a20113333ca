// SPDX-License-Identifier: Apache-2.0
// The thread of alerts: what is to outlive a restart goes to the disk first, and then to people.
#include "sidecar/console/alerts/alerts.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "sidecar/console/alerts/courier.h"
#include "sidecar/console/alerts/desk.h"
#include "sidecar/console/alerts/policy.h"
#include "sidecar/console/alerts/rules.h"
#include "sidecar/console/alerts/store.h"

namespace bulwark::alerts {

static constexpr int round_ms = 100;
static constexpr std::int64_t handled_written_s = 1;  // how often, where nothing else is to be written

struct Alerts::Inside {
  Inside(const config::Alerts& settings, const std::string& instance, const std::string& directory,
         std::function<TimeNs()> now)
      : clock(std::move(now)),
        store(directory),
        targets(settings.targets),
        rules(settings.rules, instance),
        desk(settings, instance),
        courier(settings.targets, clock) {}

  void load();
  void pass_on_old(TimeNs now);
  void about_store(bool well, const std::string& text, TimeNs now);
  void round();
  void save(TimeNs now);
  void run();

  const std::function<TimeNs()> clock;
  const Store store;
  const std::vector<config::AlertTarget> targets;
  mutable std::mutex mutex;  // of rules, desk, and what follows up to the thread
  Rules rules;
  Desk desk;
  std::uint64_t handled = 0, handled_written = 0, changes_written = 0;
  TimeNs written{}, born{};  // born: alerts have been on since then; older happenings were nobody's
  std::map<std::string, std::pair<Signal, TimeNs>> old;  // of those what still stands
  bool store_fails = false;
  Deliveries deliveries;
  Courier courier;
  std::atomic<bool> ending{false};
  std::thread thread;
};

void Alerts::Inside::about_store(bool well, const std::string& text, TimeNs now) {
  Signal signal;
  signal.rule = "alerts";
  signal.on = {{"store", "alerts"}};
  signal.text = text;
  desk.tell(well ? What::Ended : What::Began, signal, now, now);
}

void Alerts::Inside::load() {
  const TimeNs now = clock();
  std::string problem;
  try {
    if (const std::optional<Json> kept = store.read(problem)) {
      rules.load(kept->at("rules"));
      desk.load(kept->at("desk"));
      handled = handled_written = kept->at("handled").get<std::uint64_t>();
      return;
    }
  } catch (const std::exception& error) {
    problem = std::string("what alerts kept cannot be used (") + error.what() + ")";
  }
  born = now;
  if (problem.empty()) return;
  Signal signal;
  signal.rule = "alerts";
  signal.on = {{"store", "alerts"}};
  signal.detail = "lost";
  signal.text = "What alerts kept is lost (" + problem +
                "): what waited to be told may never have been. Look at the dashboard, and at the journal";
  desk.tell(What::Happened, signal, now, now);
}

void Alerts::Inside::pass_on_old(TimeNs now) {
  for (const auto& [key, one] : std::exchange(old, {})) desk.tell(What::Began, one.first, one.second, now);
  born = {};
}

void Alerts::Inside::save(TimeNs now) {
  std::vector<Json> history;
  Json document;
  {
    const std::lock_guard lock(mutex);
    const bool changed = desk.changes() != changes_written || store_fails;
    const bool later = handled != handled_written && passed(written, handled_written_s, now);
    if (!changed && !later) return;
    if (store_fails && !passed(written, handled_written_s, now)) return;
    changes_written = desk.changes();
    handled_written = handled;
    written = now;
    history = desk.take_history();
    document = {
        {"schema", 1}, {"handled", handled}, {"rules", rules.save()}, {"list", desk.list(now)}, {"desk", desk.save()}};
  }
  std::string problem = store.write(document);
  if (std::string second = store.append(history); problem.empty()) problem = std::move(second);
  const std::lock_guard lock(mutex);
  if (problem.empty() != store_fails) return;
  store_fails = !problem.empty();
  about_store(!store_fails,
              store_fails ? "Alerts cannot be kept (" + problem +
                                "): they are told, but what waits is lost when the console ends. Make room on the disk "
                                "of the journal"
                          : "Alerts are kept again",
              now);
}

void Alerts::Inside::round() {
  TimeNs now{};
  const std::vector<Acknowledgement> acknowledged = store.take_acknowledgements();
  std::vector<Message> messages;
  {
    const std::lock_guard lock(mutex);
    now = clock();  // not before: nothing that is known here is to lie in its future
    for (const Acknowledgement& one : acknowledged) desk.acknowledge(one.id, one.person, now);
    messages = desk.due(now);
  }
  save(now);
  bool news = false;  // it is to be kept before anything is waited for
  const Done done = [this, &news](std::size_t target, const std::string& error) {
    news = true;
    const std::lock_guard lock(mutex);
    desk.delivered(target, error, clock());
    ++deliveries[{targets[target].name, error.empty() ? "delivered" : "failed"}];
  };
  for (const Message& message : messages) courier.send(message, done);
  courier.work(news ? 0 : round_ms, done);
}

void Alerts::Inside::run() {
  ::pthread_setname_np(::pthread_self(), "bw-alerts");
  while (!ending.load(std::memory_order_relaxed)) round();
  save(clock());
}

Alerts::Alerts(const config::Alerts& settings, std::string instance, std::string directory,
               std::function<TimeNs()> clock)
    : inside_(std::make_unique<Inside>(settings, instance, directory, std::move(clock))) {
  inside_->load();
}

Alerts::~Alerts() { stop(); }

void Alerts::start() {
  inside_->thread = std::thread([this] { inside_->run(); });
}

void Alerts::stop() {
  inside_->ending.store(true, std::memory_order_relaxed);
  inside_->courier.wake();
  if (inside_->thread.joinable()) inside_->thread.join();
}

void Alerts::happened(const Json& row) {
  const std::lock_guard lock(inside_->mutex);
  const TimeNs now = inside_->clock();
  const bool old = inside_->born.ns != 0 && row.value("t", std::int64_t{0}) < inside_->born.ns;
  if (!old && inside_->born.ns != 0) inside_->pass_on_old(now);
  inside_->rules.happened(row, [&](What what, const Signal& signal, TimeNs t) {
    if (!old) return inside_->desk.tell(what, signal, t, now);
    if (what == What::Began) inside_->old[signal.key()] = {signal, t};
    else if (what == What::Ended) inside_->old.erase(signal.key());
  });
  inside_->handled = std::max(inside_->handled, row.value("seq", std::uint64_t{0}));
}

void Alerts::caught_up() {
  const std::lock_guard lock(inside_->mutex);
  if (inside_->born.ns != 0) inside_->pass_on_old(inside_->clock());
}

void Alerts::looked(const Json& state, TimeNs now) {
  const std::lock_guard lock(inside_->mutex);
  inside_->desk.hold(inside_->rules.looked(state, now), now);
}

Json Alerts::list() const {
  const std::lock_guard lock(inside_->mutex);
  return inside_->desk.list(inside_->clock());
}

bool Alerts::acknowledge(std::uint64_t id, const std::string& person, TimeNs now) {
  const std::lock_guard lock(inside_->mutex);
  return inside_->desk.acknowledge(id, person, now);
}

Alerts::Deliveries Alerts::deliveries() const {
  const std::lock_guard lock(inside_->mutex);
  return inside_->deliveries;
}

std::uint64_t Alerts::handled() const {
  const std::lock_guard lock(inside_->mutex);
  return inside_->handled;
}

}  // namespace bulwark::alerts
