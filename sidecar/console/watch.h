// SPDX-License-Identifier: Apache-2.0
// Looks at the instance ten times a second, from outside, and makes what all pages are sent: frames, the state twice a
// second, and once a second a point of the session's course. It asks nobody for anything, and an instance that comes,
// goes or is replaced is found at the next look.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "killswitch/instance.h"
#include "shm/layout.h"
#include "sidecar/config/settings.h"
#include "sidecar/console/frame.h"
#include "sidecar/console/message.h"
#include "sidecar/console/readiness.h"
#include "sidecar/console/series.h"
#include "sidecar/view/watcher.h"

namespace bulwark::console {

using Tell = std::function<void(Message)>;

// Who else wants to know, and what the alerts add to the state. Called by the threads of watch and feed.
struct Listener {
  std::function<void(const nlohmann::ordered_json& row)> happening;
  std::function<void(const nlohmann::ordered_json& state)> state;
  std::function<nlohmann::ordered_json()> alerts;
  std::function<void()> caught_up;  // each time that all of the journal has been told
};

class Watch {
public:
  Watch(const config::Settings& settings, const Listener& listener, Series& series, Readiness& readiness, Tell tell);
  void run(const std::atomic<bool>& ending, shm::AtomicTime& beat);

private:
  void look(MonotonicNs now);
  void follow(MonotonicNs now);
  void learn_names(const kill::Instance& instance);
  void show_frame(const kill::Instance& instance);
  void show_state(const std::optional<kill::Instance>& instance);
  void check(const std::optional<kill::Instance>& instance, MonotonicNs now);

  const config::Settings& settings_;
  const Listener& listener_;
  Series& series_;
  Readiness& readiness_;
  const Tell tell_;
  view::Watcher watcher_;
  bool followed_ = false, was_there_ = false;
  MonotonicNs follow_again_{0};
  std::string why_no_instance_;
  std::uint64_t looks_ = 0, frames_ = 0;
  std::array<std::uint64_t, 3> names_known_{};  // whose board, how many symbols, how many sectors
  std::vector<std::string> symbols_;            // of row k + 1 of the board
  LimitUse use_;
};

}  // namespace bulwark::console
