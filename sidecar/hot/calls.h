// SPDX-License-Identifier: Apache-2.0
// Wishes on their way into the hot loop: a cold thread hands over a piece of work, which the loop carries out between
// two events. Cold threads -> moodycamel queue -> control thread -> Boost.Lockfree queue -> hot loop.
#pragma once

#include <concurrentqueue/blockingconcurrentqueue.h>

#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "shm/units.h"

namespace bulwark::hot {

class Loop;

// A piece of work and how far it is. Whoever gives up waiting takes it back, unless the loop is already at it.
struct Call {
  enum class Stage : std::uint32_t { None, Waiting, Running, Done, Withdrawn };
  std::function<void(Loop&)> work;
  std::atomic<Stage> stage{Stage::Waiting};
};

class Calls {
public:
  // `sleeping` is the word that the loop may wait on.
  explicit Calls(std::atomic<std::uint32_t>& sleeping) : sleeping_(sleeping) {}
  ~Calls() { stop(); }
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  void start();
  void stop();

  // From any cold thread: returns when the loop has done it (true), or has not taken it up in time.
  bool carry_out(std::function<void(Loop&)> work, DurationNs patience = milliseconds(1000));

  // The loop's end.
  bool waiting() const { return queue_.read_available() != 0; }
  bool pop(Call*& call) { return queue_.pop(call); }

private:
  void run();

  std::atomic<std::uint32_t>& sleeping_;
  moodycamel::BlockingConcurrentQueue<Call*> wishes_;
  boost::lockfree::spsc_queue<Call*, boost::lockfree::capacity<256>> queue_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Call>> withdrawn_;  // until nobody looks into the queues any more
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace bulwark::hot
