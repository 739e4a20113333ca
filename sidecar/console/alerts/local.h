// SPDX-License-Identifier: Apache-2.0
// Destinations on this machine, or nearly: the system's log, Redis, a program of the user's own.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "shm/units.h"
#include "sidecar/console/alerts/signal.h"

namespace bulwark::alerts {

// Both throw std::runtime_error where it was not taken. Redis is waited for, for at most a second.
void log_locally(const std::string& socket, const std::vector<Json>& documents);
void publish(const std::string& url, const std::vector<Json>& documents);

// A program without a shell, in a group of its own, with the text on its standard input. It is killed where it is not
// done in time, and when the owner goes.
class Process {
public:
  Process(std::size_t index, const std::vector<std::string>& command, const std::string& text);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  std::optional<std::string> outcome();  // "": it ended with 0; nothing: it runs

  const std::size_t index;

private:
  pid_t pid_ = 0;
  MonotonicNs until_;
};

}  // namespace bulwark::alerts
