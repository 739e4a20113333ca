// SPDX-License-Identifier: Apache-2.0
// What systemd is told of a program that it has started (`Type=notify`): that it is ready, how it does, and that its
// loop works. A thread of its own, so that no loop ever waits for systemd. Nobody is told where nobody has asked. Cold.
//
//   const Supervised supervised(board.beat_ns, [] { return "clients attach at /run/bulwark/desk"; });
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "shm/layout.h"

namespace bulwark::service {

// A line of `systemctl status`.
void tell_status(const std::string& text);
// Before a program ends at once because nothing is wanted of it: to systemd that is no failure, and no second try.
void tell_nothing_to_do(const std::string& why);

class Supervised {
public:
  // `beat` is moved by the loop that must not hang. Ready when it has first moved; from then on each word that it lives
  // stands for a later move, so that a loop that hangs cannot be vouched for, whatever the rest of the process does.
  Supervised(const shm::AtomicTime& beat, std::function<std::string()> describe);
  ~Supervised();  // tells that the end has begun
  Supervised(const Supervised&) = delete;
  Supervised& operator=(const Supervised&) = delete;

private:
  void run(const std::stop_token& ending);

  const shm::AtomicTime& beat_;
  const std::function<std::string()> describe_;
  std::mutex mutex_;
  std::condition_variable_any pause_;
  std::jthread thread_;
};

}  // namespace bulwark::service
