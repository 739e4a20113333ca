// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "sidecar/service/supervised.h"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "shm/latch.h"

namespace bulwark::service {

using std::chrono::microseconds;

namespace {

constexpr microseconds pause_before_ready{10'000}, pause_max{500'000};

// What is told ends at the end of its line; a message may have several.
std::string status_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return "STATUS=" + shm::printable(text);
}

// Several words in the time that systemd waits for one.
microseconds pause_when_ready() {
  std::uint64_t patience_us = 0;
  if (::sd_watchdog_enabled(0, &patience_us) <= 0) return pause_max;
  return std::min(pause_max, microseconds(patience_us / 4));
}

}  // namespace

void tell_status(const std::string& text) { ::sd_notify(0, status_line(text).c_str()); }

void tell_nothing_to_do(const std::string& why) { ::sd_notify(0, ("READY=1\n" + status_line(why)).c_str()); }

Supervised::Supervised(const shm::AtomicTime& beat, std::function<std::string()> describe)
    : beat_(beat), describe_(std::move(describe)) {
  if (std::getenv("NOTIFY_SOCKET") == nullptr) return;
  thread_ = std::jthread([this](const std::stop_token& ending) { run(ending); });
}

Supervised::~Supervised() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  ::sd_notify(0, "STOPPING=1");
}

void Supervised::run(const std::stop_token& ending) {
  std::int64_t vouched_for = beat_.load(std::memory_order_relaxed);  // the beat alone is looked at, nothing behind it
  microseconds pause = pause_before_ready;
  std::string ready = "READY=1\n";
  std::unique_lock lock(mutex_);
  while (!pause_.wait_for(lock, ending, pause, [&] { return ending.stop_requested(); })) {
    const std::int64_t beat = beat_.load(std::memory_order_relaxed);
    if (beat == vouched_for) continue;
    vouched_for = beat;
    ::sd_notify(0, (ready + "WATCHDOG=1\n" + status_line(describe_())).c_str());
    ready.clear();
    pause = pause_when_ready();
  }
}

}  // namespace bulwark::service
