// SPDX-License-Identifier: Apache-2.0
// What /metrics answers: made of the last state when somebody asks. A state too old to be told as what is, is left out.
#pragma once

#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "sidecar/console/alerts/alerts.h"
#include "sidecar/console/metrics/metrics.h"
#include "sidecar/console/server/site.h"

namespace bulwark::console {

class Scrape {
public:
  Scrape(std::string instance, const alerts::Alerts& alerts) : instance_(std::move(instance)), alerts_(alerts) {}

  // All of these may be called by any thread.
  void happening(const nlohmann::ordered_json& row);
  void state(const nlohmann::ordered_json& state);
  Answer answer() const;

private:
  const std::string instance_;
  const alerts::Alerts& alerts_;
  mutable std::mutex mutex_;
  nlohmann::ordered_json state_;
  std::optional<MonotonicNs> looked_;
  metrics::Tally happened_;
};

}  // namespace bulwark::console
