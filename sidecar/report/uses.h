// SPDX-License-Identifier: Apache-2.0
// How near each limit came to its maximum: looked at after what moves a book (orders accepted, fills, whatever a limit
// said something at), and otherwise once a second of the journal's time. Limits on single orders and on their flow have
// no value between orders: of these it is counted what they objected to.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "core/engine.h"

namespace bulwark::report {

class Uses {
public:
  // After each event of the span, with the engine that has just applied it.
  void follow(core::Engine& engine, const core::Event& event);
  void look(core::Engine& engine);
  void object(LimitIndex limit) { ++objections_[limit]; }

  // A row for each limit in force at the end and each of its scopes that had a value, in the configuration's order.
  nlohmann::ordered_json json(const core::Engine& engine) const;

private:
  struct Use {
    Value value, max;
    double share;
    TimeNs at;
    Scope on;
  };
  using Key = std::tuple<LimitIndex, std::uint64_t, std::uint64_t>;

  std::map<Key, Use> largest_;
  std::map<LimitIndex, std::uint64_t> objections_;
  std::uint64_t looks_ = 0;
  TimeNs looked_{INT64_MIN};
};

}  // namespace bulwark::report
