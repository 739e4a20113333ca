// SPDX-License-Identifier: Apache-2.0
// Threads for what may have to wait, so that nobody else waits for it. What waits longer than its queue has room for is
// refused.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

namespace bulwark::console {

class Worker {
public:
  static constexpr std::size_t waiting_max = 64;

  explicit Worker(std::size_t threads) {
    for (std::size_t k = 0; k < threads; ++k) threads_.emplace_back([this] { run(); });
  }
  ~Worker() {
    end();
    for (std::thread& thread : threads_) thread.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // False: too much is waiting.
  bool post(std::function<void()> work) {
    {
      const std::scoped_lock lock(mutex_);
      if (ending_ || waiting_.size() >= waiting_max) return false;
      waiting_.push_back(std::move(work));
    }
    some_.notify_one();
    return true;
  }
  // Nothing new is begun.
  void end() {
    {
      const std::scoped_lock lock(mutex_);
      ending_ = true;
      waiting_.clear();
    }
    some_.notify_all();
  }
  bool busy() {
    const std::scoped_lock lock(mutex_);
    return working_ != 0;
  }

private:
  void run() {
    for (;;) {
      std::unique_lock lock(mutex_);
      some_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (ending_) return;
      const std::function<void()> work = std::move(waiting_.front());
      waiting_.pop_front();
      ++working_;
      lock.unlock();
      try {
        work();
      } catch (const std::exception& failure) {  // of this one; the next is another's
        std::cerr << "bulwark-console: " << failure.what() << std::endl;
      }
      lock.lock();
      --working_;
    }
  }

  std::mutex mutex_;
  std::condition_variable some_;
  std::deque<std::function<void()>> waiting_;
  bool ending_ = false;
  std::size_t working_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace bulwark::console
