// SPDX-License-Identifier: Apache-2.0
// killswitch drill: how long from a store on the line of the stop to each client's answer, without stopping anything.
#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "killswitch/clients.h"
#include "killswitch/commands.h"
#include "killswitch/refusal.h"

namespace bulwark::kill {

namespace {

using Who = std::pair<std::int32_t, std::uint64_t>;

struct Answers {
  ClientView client;
  std::vector<std::int64_t> ns;
  bool silent = false;

  double microseconds(std::size_t i) const { return static_cast<double>(ns[i]) / 1000.0; }
  double p50() const { return microseconds(ns.size() / 2); }  // after sorting
  double max() const { return microseconds(ns.size() - 1); }
};

using Results = std::map<Who, Answers>;

}  // namespace

// One store, and the answers to it. A client that answered nothing in time is not waited for again.
static void run_trial(const Instance& instance, std::int64_t timeout_ms, Results& results) {
  const MonotonicNs began = shm::monotonic_now();
  const std::uint64_t drill = instance.page->drill.fetch_add(1, std::memory_order_acq_rel) + 1;
  const MonotonicNs deadline = began + milliseconds(timeout_ms);
  std::map<Who, bool> answered;
  for (;;) {
    bool waiting = false;
    const bool late = deadline < shm::monotonic_now();
    for (const ClientView& client : live_clients(instance.folder)) {
      const Who who{client.pid, client.start_time};
      Answers& answers = results.try_emplace(who, Answers{client, {}, false}).first->second;
      if (answers.silent || answered[who]) continue;
      if (client.drill_seen >= drill) {
        answered[who] = true;
        answers.ns.push_back(std::max<std::int64_t>(0, client.drill_seen_ns - began.ns));
      } else if (late) {
        answers.silent = true;
      } else {
        waiting = true;
      }
    }
    if (!waiting) return;
    shm::nap({200'000});
  }
}

static void print(const Instance& instance, const Results& results, bool json) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  if (!json) std::cout << instance.name << ": drill, from the store to each client's answer\n";
  for (const auto& [who, answers] : results) {
    nlohmann::ordered_json row{{"client", answers.client.client},
                               {"pid", answers.client.pid},
                               {"answered", !answers.silent},
                               {"count", answers.ns.size()}};
    if (!answers.ns.empty()) {
      row["p50_us"] = answers.p50();
      row["max_us"] = answers.max();
      if (!json) {
        std::cout << "  " << answers.client.label() << ": p50 " << static_cast<std::int64_t>(answers.p50())
                  << " us, max " << static_cast<std::int64_t>(answers.max()) << " us, " << answers.ns.size()
                  << " times\n";
      }
    }
    rows.push_back(row);
  }
  if (json) {
    std::cout << nlohmann::ordered_json{{"schema", 1}, {"instance", instance.name}, {"clients", rows}}.dump();
  } else if (results.empty()) {
    std::cout << "  no client is attached";
  }
  std::cout << std::endl;
}

int drill_instance(const Instance& instance, const DrillOptions& options) {
  Results results;
  for (std::int64_t trial = 0; trial < options.trials; ++trial) {
    run_trial(instance, options.timeout_ms, results);
    shm::nap(milliseconds(3));  // not in step with anybody's polling
  }
  bool silent = false;
  for (auto& [who, answers] : results) std::sort(answers.ns.begin(), answers.ns.end());
  print(instance, results, options.json);
  for (const auto& [who, answers] : results) {
    if (answers.silent && answers.client.alive()) {
      std::cerr << "killswitch: " << answers.client.label() << " did not answer within " << options.timeout_ms << " ms"
                << std::endl;
      silent = true;
    }
  }
  return silent ? exit_no : exit_done;
}

}  // namespace bulwark::kill
