// SPDX-License-Identifier: Apache-2.0
// The metrics of a running instance, as the console gives them to Prometheus. metrics_of INSTANCE prints one JSON
// document: the state that they were made of, and the text; metrics_of INSTANCE - takes another state from standard
// input.
#include <iostream>

#include "shm/clock.h"
#include "shm/kill_page.h"
#include "sidecar/console/metrics/metrics.h"
#include "sidecar/view/happenings.h"
#include "sidecar/view/state.h"

using nlohmann::ordered_json;

int main(int argc, char** argv) try {
  using namespace bulwark;
  if (argc < 2) return 2;
  const kill::Instance instance = kill::open_instance(argv[1]);
  const std::string journal(shm::journal_directory(*instance.page));
  view::Watcher watcher(journal);
  watcher.follow();
  metrics::ConsoleFacts facts;
  view::Happenings(journal, 1).follow([&](const ordered_json& row) { facts.happened.count(row); });
  facts.alerts = {{{"webhook", "delivered"}, 3}, {{"webhook", "failed"}, 1}};
  facts.state_age_s = 0.2;
  const ordered_json state =
      argc > 2 ? ordered_json::parse(std::cin) : view::state_json(instance, watcher, shm::wall_now());
  std::cout << ordered_json{{"state", state}, {"text", metrics::metrics_text(&instance, state, facts)}} << std::endl;
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << std::endl;
  return 1;
}
