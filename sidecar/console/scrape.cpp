// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/scrape.h"

#include "killswitch/instance.h"

namespace bulwark::console {

void Scrape::happening(const nlohmann::ordered_json& row) {
  const std::scoped_lock lock(mutex_);
  happened_.count(row);
}

void Scrape::state(const nlohmann::ordered_json& state) {
  const std::scoped_lock lock(mutex_);
  state_ = state;
}

Answer Scrape::answer() const {
  metrics::ConsoleFacts facts;
  nlohmann::ordered_json state;
  {
    const std::scoped_lock lock(mutex_);
    state = state_;
    facts.happened = happened_;
  }
  facts.alerts = alerts_.deliveries();
  try {
    return {200, metrics::content_type, metrics::metrics_text(kill::open_instance(instance_), state, facts)};
  } catch (const std::exception& error) {
    return sorry(503, error.what());
  }
}

}  // namespace bulwark::console
