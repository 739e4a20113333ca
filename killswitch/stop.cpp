// SPDX-License-Identifier: Apache-2.0
// killswitch stop: one compare-and-swap stops; everything after it is only told, written down and waited for.
#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "killswitch/clients.h"
#include "killswitch/documents.h"
#include "killswitch/latch_writer.h"
#include "killswitch/liquidate.h"
#include "killswitch/refusal.h"
#include "killswitch/scope.h"
#include "shm/latch.h"

namespace bulwark::kill {

using Json = nlohmann::ordered_json;

// What a disk that works needs; the command returns with or without it.
static constexpr DurationNs latch_patience = milliseconds(30);

namespace {

struct Acknowledgements {
  std::vector<ClientView> seen;     // who acknowledged, with the time
  std::vector<ClientView> missing;  // who lives and did not, when the patience was over
};

struct Stop {
  StopScope scope;
  bool could_not_check = false;  // the scope was unknown ground, so everything was stopped
  MonotonicNs began{};
  shm::StopDetails details;
  std::uint64_t epoch = 0;
};

}  // namespace

static Stop pull(const Instance& instance, const StopOptions& options) {
  Stop stop;
  stop.scope = parse_scope(options.on);
  if (stop.scope.sector.size != 0) {
    throw Refusal(exit_usage,
                  "--on sector=: the kill page knows no sectors; `bulwark control halt --on sector=NAME` "
                  "stops one through the sidecar. Nothing was changed");
  }
  if (!stop.scope.whole() && !check_scope(stop.scope, instance.board)) {
    stop.could_not_check = true;
    stop.scope = {};
  }
  shm::StopDetails& details = stop.details;
  details.t = shm::wall_now();
  details.symbol = stop.scope.symbol;
  details.account = stop.scope.account;
  details.strategy = stop.scope.strategy;
  details.client = stop.scope.client;
  details.whole = stop.scope.whole();
  const std::string_view reason = options.reason.empty() ? "no reason given" : std::string_view(options.reason);
  const std::string_view who =
      options.operator_name.empty() ? "unknown operator" : std::string_view(options.operator_name);
  details.reason = Sentence::from(shm::printable(reason));
  details.operator_name = Name::from(shm::printable(who));
  stop.began = shm::monotonic_now();
  stop.epoch = shm::stop(*instance.page, details);
  return stop;
}

static Acknowledgements wait_for_clients(const Instance& instance, const Stop& stop, std::int64_t timeout_ms) {
  const MonotonicNs deadline = stop.began + milliseconds(timeout_ms);
  std::map<std::pair<std::string, std::int32_t>, ClientView> seen;  // one process may be several clients
  for (;;) {
    Acknowledgements result;
    for (const ClientView& client : live_clients(instance.folder)) {
      if (client.saw_stop(stop.epoch)) seen.try_emplace({client.client, client.pid}, client);
      else result.missing.push_back(client);
    }
    if (result.missing.empty() || deadline < shm::monotonic_now()) {
      for (const auto& [who, client] : seen) result.seen.push_back(client);
      return result;
    }
    shm::nap({200'000});
  }
}

static double microseconds_since(MonotonicNs began, std::int64_t then_ns) {
  return static_cast<double>(std::max<std::int64_t>(0, then_ns - began.ns)) / 1000.0;
}

static Json json_of(const Instance& instance, const Stop& stop, const Acknowledgements& clients,
                    const std::optional<Liquidation>& liquidation) {
  Json rows = Json::array();
  for (const ClientView& client : clients.seen) {
    rows.push_back({{"client", client.client},
                    {"pid", client.pid},
                    {"acknowledged", true},
                    {"microseconds", microseconds_since(stop.began, client.acknowledged_ns)},
                    {"acknowledged_ns", client.acknowledged_ns}});
  }
  for (const ClientView& client : clients.missing) {
    rows.push_back({{"client", client.client}, {"pid", client.pid}, {"acknowledged", false}});
  }
  const auto cause = shm::cause_in_force(*instance.page, {stop.epoch << 1});
  Json document{{"schema", 1},
                {"instance", instance.name},
                {"epoch", stop.epoch},
                {"t", stop.details.t.ns},
                {"on", stop.scope.json()},
                {"operator", stop.details.operator_name.view()},
                {"reason", stop.details.reason.view()},
                {"cause", shm::printable(cause.view())},
                {"clients", rows}};
  if (liquidation) document["liquidation"] = liquidation->json();
  return document;
}

static void print_text(const Instance& instance, const Stop& stop, const Acknowledgements& clients,
                       const std::optional<Liquidation>& liquidation) {
  std::cout << instance.name << ": stopped " << stop.scope.text() << " (stop " << stop.epoch << ", "
            << stop.details.reason.view() << ", " << stop.details.operator_name.view() << ")\n";
  for (const ClientView& client : clients.seen) {
    std::cout << "  " << client.label() << " acknowledged after "
              << static_cast<std::int64_t>(microseconds_since(stop.began, client.acknowledged_ns)) << " us\n";
  }
  if (clients.seen.empty() && clients.missing.empty()) std::cout << "  no client is attached\n";
  if (liquidation && liquidation->begun) std::cout << "  " << liquidation->text() << "\n";
  std::cout << std::flush;
}

// Only for what was meant: a stop may be wider than that, a sale never.
static std::optional<Liquidation> liquidate(const Instance& instance, const Stop& stop, const StopOptions& options) {
  if (!options.liquidate) return {};
  if (stop.could_not_check) return Liquidation{false, {"the scope cannot be checked"}};
  return begin_liquidation(instance, stop.scope, stop.details);
}

// What did not go as it was meant, for people.
static std::vector<std::string> remarks_of(const Stop& stop, const Acknowledgements& clients,
                                           const std::optional<Liquidation>& liquidation, std::int64_t timeout_ms) {
  std::vector<std::string> remarks;
  if (stop.could_not_check)
    remarks.push_back("the board cannot be read, so the scope cannot be checked: everything is stopped instead");
  for (const ClientView& client : clients.missing)
    remarks.push_back(client.label() + " did not acknowledge within " + std::to_string(timeout_ms) + " ms");
  if (liquidation && !liquidation->begun) remarks.push_back(liquidation->text());
  return remarks;
}

// `show` is told of the stop and of what came of it.
template <class Show>
static Stopped carry_out(const Instance& instance, const StopOptions& options, Show show) {
  const Stop stop = pull(instance, options);
  LatchWriter latch(*instance.page);
  const std::optional<Liquidation> liquidation = liquidate(instance, stop, options);
  const Acknowledgements clients = wait_for_clients(instance, stop, options.timeout_ms);
  Stopped stopped;
  stopped.whole = clients.missing.empty() && (!liquidation || liquidation->begun);
  stopped.document = json_of(instance, stop, clients, liquidation);
  stopped.remarks = remarks_of(stop, clients, liquidation, options.timeout_ms);
  if (const std::string why = latch.wait(latch_patience); !why.empty())
    stopped.remarks.push_back("the stop is in effect, but its latch is not on disk: " + why);
  show(stop, clients, liquidation);
  return stopped;
}

Stopped stop_trading(const Instance& instance, const StopOptions& options) {
  return carry_out(instance, options, [](const auto&...) {});
}

int stop_instance(const Instance& instance, const StopOptions& options) {
  const Stopped stopped = carry_out(instance, options, [&](const auto&... all) {
    if (!options.json) print_text(instance, all...);
  });
  if (options.json) std::cout << stopped.document.dump() << std::endl;
  for (const std::string& remark : stopped.remarks) std::cerr << "killswitch: " << remark << std::endl;
  return stopped.whole ? exit_done : exit_no;
}

}  // namespace bulwark::kill
