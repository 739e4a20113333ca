// SPDX-License-Identifier: Apache-2.0
// The last look before the wire, and the thread that acknowledges every stop, whatever the other threads wait for.
//
// What an acknowledgement promises: no look that begins after it says yes under the old permission, and none that began
// before it still will. Both follow from one lock: a look is made while holding it, and the thread, having seen the new
// permission, takes it once before it acknowledges. Orders of a liquidation are beside all that: a stop is why they
// are.
#pragma once

#include <signal.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "client/link.hpp"
#include "client/verdict_memory.hpp"
#include "shm/clock.h"
#include "shm/kill_page.h"

namespace bulwark::client {

class Acknowledger {
public:
  // `chores` is called each millisecond, holding nothing: what else a client has to see to.
  Acknowledger(std::shared_ptr<Link> link, std::function<void()> chores)
      : link_(std::move(link)), chores_(std::move(chores)) {
    sigset_t all, before;  // signals are for the threads of the program that links us
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  ~Acknowledger() { end(); }

  // Ends the thread; looks go on to be answered. By one thread at a time.
  void end() {
    ending_.store(true, std::memory_order_relaxed);  // no data goes with it; join() orders the rest
    if (thread_.joinable()) thread_.join();
  }

  // May anything be sent now; of an order with that id: may it, under the verdict that it was given?
  bool clear_to_send(const std::string_view* id) {
    give_way();
    const std::lock_guard look(gate_);
    const shm::KillPage& page = *link_->page;
    const VerdictMemory::Entry* entry = id == nullptr ? nullptr : memory_.find(*id);
    if (entry != nullptr && entry->liquidation) return link_->sidecar_beats();
    const shm::Permission permission = shm::permission_of(page);
    if (!permission.trading() || !shm::lease_valid(page, shm::monotonic_now())) return false;
    if (id == nullptr) return true;
    return entry != nullptr && entry->epoch == static_cast<std::uint32_t>(permission.epoch());
  }

  // Changes what is remembered of orders, between two looks.
  template <class Change>
  auto with_memory(Change&& change) {
    const std::lock_guard look(gate_);
    return change(memory_);
  }

  // While an order waits for its verdict. By the thread whose call it is: nobody else changes what is remembered.
  void expect(const Id& id) const { memory_.expect(id); }

  // A new attachment takes the place of the old one.
  void adopt(std::shared_ptr<Link> link) {
    const std::lock_guard tick(tick_);
    const std::lock_guard look(gate_);
    if (link->page->header.generation != link_->page->header.generation) memory_.clear();  // epochs of another life
    link_ = std::move(link);
    acknowledged_ = nothing;
    drill_ = 0;
  }

private:
  static constexpr std::uint64_t nothing = ~std::uint64_t{0};

  void run() {
    while (!ending_.load(std::memory_order_relaxed)) {
      {
        const std::lock_guard tick(tick_);
        acknowledge();
        answer_drill();
      }
      chores_();
      shm::nap({1'000'000});
    }
  }

  void acknowledge() {
    const std::uint64_t word = shm::permission_of(*link_->page).word;
    if (word == acknowledged_) return;
    wanted_.store(true, std::memory_order_relaxed);
    {
      // SYNC POINT ACKNOWLEDGE: every look that held this lock before us is over; every later one happens after our
      // unlocking, thus after our load of `word`, and so sees that permission or a newer one.
      const std::lock_guard look(gate_);
    }
    wanted_.store(false, std::memory_order_relaxed);
    shm::ClientFile& file = link_->client_file();
    file.acknowledged_ns.store(shm::monotonic_now().ns, std::memory_order_relaxed);
    file.acknowledged.store(word, std::memory_order_release);  // SYNC POINT ACKNOWLEDGE: publishes its time
    acknowledged_ = word;
  }

  void answer_drill() {
    const std::uint64_t drill = link_->page->drill.load(std::memory_order_relaxed);
    if (drill == drill_) return;
    shm::ClientFile& file = link_->client_file();
    file.drill_seen_ns.store(shm::monotonic_now().ns, std::memory_order_relaxed);
    file.drill_seen.store(drill, std::memory_order_release);  // publishes its time
    drill_ = drill;
  }

  // Threads that look in a tight loop could keep the lock to themselves: where the thread wants it, they let it pass.
  // Relaxed: only courtesy depends on it.
  void give_way() const {
    while (wanted_.load(std::memory_order_relaxed)) std::this_thread::yield();
  }

  std::shared_ptr<Link> link_;  // changed holding tick_ and gate_, read holding one of them
  std::function<void()> chores_;
  std::mutex tick_;  // taken before gate_
  std::mutex gate_;
  std::atomic<bool> wanted_{false};
  std::atomic<bool> ending_{false};
  VerdictMemory memory_;                              // holding gate_
  std::uint64_t acknowledged_ = nothing, drill_ = 0;  // holding tick_
  std::thread thread_;
};

}  // namespace bulwark::client
