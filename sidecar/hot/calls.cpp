// SPDX-License-Identifier: Apache-2.0
// The control thread, and how a cold thread waits for its wish.
#include "sidecar/hot/calls.h"

#include <pthread.h>

#include "shm/clock.h"
#include "sidecar/hot/sleeper.h"

namespace bulwark::hot {

void Calls::start() {
  thread_ = std::thread([this] { run(); });
}

void Calls::stop() {
  stopping_.store(true, std::memory_order_release);
  if (thread_.joinable()) thread_.join();
}

void Calls::run() {
  pthread_setname_np(pthread_self(), "bw-control");
  while (!stopping_.load(std::memory_order_acquire)) {
    Call* call = nullptr;
    if (!wishes_.wait_dequeue_timed(call, 50'000)) continue;
    while (!queue_.push(call) && !stopping_.load(std::memory_order_acquire)) shm::nap({100'000});
    wake(sleeping_);
  }
}

bool Calls::carry_out(std::function<void(Loop&)> work, DurationNs patience) {
  auto call = std::make_unique<Call>();
  call->work = std::move(work);
  wishes_.enqueue(call.get());
  const MonotonicNs until = shm::monotonic_now() + patience;
  while (true) {
    // Acquire: pairs with the loop's release of Done, so that what the work has written is seen.
    if (call->stage.load(std::memory_order_acquire) == Call::Stage::Done) return true;
    if (until < shm::monotonic_now()) {
      Call::Stage waiting = Call::Stage::Waiting;
      if (call->stage.compare_exchange_strong(waiting, Call::Stage::Withdrawn, std::memory_order_acq_rel)) {
        const std::scoped_lock lock(mutex_);  // still in a queue: whoever takes it out of there finds it withdrawn
        withdrawn_.push_back(std::move(call));
        return false;
      }
    }
    shm::nap({50'000});
  }
}

}  // namespace bulwark::hot
