// SPDX-License-Identifier: Apache-2.0
// Carries messages to destinations, several at a time, and says what became of each. One thread uses it.
// It may be woken by others.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sidecar/config/alerts.h"
#include "sidecar/console/alerts/desk.h"

namespace bulwark::alerts {

// "" for what was taken, else why it was not.
using Done = std::function<void(std::size_t target, const std::string& error)>;

class Courier {
public:
  explicit Courier(std::vector<config::AlertTarget> targets, std::function<TimeNs()> clock);
  ~Courier();  // gives up what is on its way
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  // What is done at once is told at once.
  void send(const Message& message, const Done& done);
  // Goes on with what is on its way, and waits for it, for at most so long.
  void work(int wait_ms, const Done& done);
  void wake();  // by any thread: ends the waiting
  bool busy() const;

private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace bulwark::alerts
