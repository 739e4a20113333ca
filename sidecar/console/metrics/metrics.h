// SPDX-License-Identifier: Apache-2.0
// What Prometheus scrapes: the state of an instance (view::state_json), its board and its clients' files as metrics,
// made when they are asked for. What is not known is not there; it is never 0. docs/metrics.md lists them.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "killswitch/instance.h"
#include "sidecar/console/metrics/tally.h"

namespace bulwark::metrics {

inline constexpr const char* content_type = "text/plain; version=0.0.4; charset=utf-8";

// What only the console knows: what it has counted since it began.
struct ConsoleFacts {
  Tally happened;
  std::map<std::pair<std::string, std::string>, std::uint64_t> alerts;  // by sink and outcome
  std::optional<double> state_age_s;                                    // nothing: nobody has looked yet
};

// `instance`: null where none runs. `state`: null where none is known, or it is too old to be told as what is.
std::string metrics_text(const kill::Instance* instance, const nlohmann::ordered_json& state,
                         const ConsoleFacts& facts);

}  // namespace bulwark::metrics
