// SPDX-License-Identifier: Apache-2.0
// The model thread: makes the next model out of its files, when they have changed or somebody asks, looks whether it
// may take the place of the one in force, and has it taken over whole, at a point between two events. Cold.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "sidecar/config/settings.h"
#include "sidecar/model/backing.h"

namespace bulwark::process {

class ModelBuilder {
public:
  struct Wiring {
    std::function<config::Settings()> settings;  // as they are in force
    // Puts the model into force. Empty: done; none: the settings are no longer those that it was made by; else why not.
    std::function<std::optional<std::string>(const config::Settings& made_by, core::Model model, model::Facts facts)>
        take_over;
    std::function<void(std::shared_ptr<const model::Backing>)> show;
    std::function<void(const std::string&)> alert;  // a model was refused, or wants a look
  };
  explicit ModelBuilder(Wiring wiring) : wiring_(std::move(wiring)) {}
  ~ModelBuilder() { stop(); }

  void start();
  void stop();
  // Somebody asks, or the settings have changed. Any thread.
  void wake() { woken_.store(true, std::memory_order_relaxed); }
  // One round, as the thread does it.
  void work();

private:
  void follow(const core::Model& model, const model::Source& source);
  void build(const config::Settings& settings);
  void refuse(const std::string& why);

  Wiring wiring_;
  model::Backing told_;    // what was shown last
  std::string looked_at_;  // the files, as they were when a model was last made of them
  std::set<std::string> remarked_;
  MonotonicNs looked_{};
  std::atomic<bool> woken_{true}, stopping_{false};
  std::thread thread_;
};

}  // namespace bulwark::process
