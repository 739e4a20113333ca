// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/scrape.h"

#include "killswitch/instance.h"
#include "killswitch/refusal.h"
#include "shm/clock.h"
#include "sidecar/console/readiness.h"

namespace bulwark::console {

void Scrape::happening(const nlohmann::ordered_json& row) {
  const std::scoped_lock lock(mutex_);
  happened_.count(row);
}

void Scrape::state(const nlohmann::ordered_json& state) {
  const std::scoped_lock lock(mutex_);
  state_ = state;
  looked_ = shm::monotonic_now();
}

Answer Scrape::answer() const {
  metrics::ConsoleFacts facts;
  nlohmann::ordered_json state;
  {
    const std::scoped_lock lock(mutex_);
    if (looked_) facts.state_age_s = static_cast<double>((shm::monotonic_now() - *looked_).ns) / 1e9;
    if (looked_ && shm::monotonic_now() - *looked_ <= Readiness::age_max) state = state_;
    facts.happened = happened_;
  }
  facts.alerts = alerts_.deliveries();
  std::optional<kill::Instance> instance;
  try {
    instance.emplace(kill::open_instance(instance_));
  } catch (const kill::Refusal&) {  // none runs: what the console knows without it is told all the same
    state = nullptr;
  }
  return {200, metrics::content_type, metrics::metrics_text(instance ? &*instance : nullptr, state, facts)};
}

}  // namespace bulwark::console
