// SPDX-License-Identifier: Apache-2.0
#include "sidecar/process/shadow.h"

#include <pthread.h>
#include <sys/resource.h>

#include "shm/clock.h"

namespace bulwark::process {

static constexpr DurationNs round_interval = milliseconds(20), finish_patience = milliseconds(5'000);

Shadow::Shadow(Wiring wiring, journal::Replay replay)
    : wiring_(std::move(wiring)),
      replay_(std::move(replay)),
      reader_(wiring_.directory, replay_.sequence + 1, journal::Reading::AsItGrows),
      asked_(shm::monotonic_now()) {}

Shadow::~Shadow() { stop(); }

void Shadow::start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "bw-shadow");
    ::setpriority(PRIO_PROCESS, 0, 10);  // of this thread: nobody waits for it
    run();
  });
}

void Shadow::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  if (thread_.joinable()) thread_.join();
}

void Shadow::run() {
  while (!stopping_.load(std::memory_order_relaxed) && work()) shm::nap(round_interval);
}

bool Shadow::work() {
  if (failed_) return false;
  try {
    follow();
    look();
    const MonotonicNs now = shm::monotonic_now();
    const bool goes_on = !stopping_.load(std::memory_order_relaxed) && replay_.engine != nullptr;
    if (goes_on && now - asked_ >= wiring_.interval) {
      asked_ = now;
      wiring_.note(0, 0);
    }
    return true;
  } catch (const std::exception& error) {
    failed_ = true;
    wiring_.tell("THE SHADOW FOUND A DIFFERENCE, trading is stopped: " + std::string(error.what()));
    wiring_.stop_trading();
    return false;
  }
}

// Only what is durable: a snapshot is never ahead of the journal that it is a shortcut through.
void Shadow::follow() {
  while (holds_ || reader_.next()) {
    holds_ = reader_.block().last > wiring_.written.load(std::memory_order_acquire);
    if (holds_) return;
    apply(reader_.block());
    look();
    if (stopping_.load(std::memory_order_relaxed) && shm::monotonic_now() > until_) return;
  }
  if (reader_.ending().kind == journal::EndKind::Damaged) throw journal::JournalError(reader_.ending().text());
}

void Shadow::apply(const journal::Block& block) {
  journal::BlockRecords records(block);
  for (journal::Record record; records.next(record);) {
    if (record.sequence <= replay_.sequence) continue;
    const bool watched = wiring_.onlooker != nullptr && replay_.engine != nullptr && journal::is_event(record.type);
    if (watched) wiring_.onlooker->before(record.t, *replay_.engine);
    replay_.apply(record);
    const bool marked = record.type == journal::RecordType::Snapshot && record.note.a == 0;
    if (marked || record.type == journal::RecordType::End) take_snapshot(block.hash);
  }
}

void Shadow::look() {
  if (wiring_.onlooker != nullptr && replay_.engine != nullptr)
    wiring_.onlooker->look(*replay_.engine, replay_.sequence);
}

// One that cannot be written is no difference: the journal stands without it, and recovery only takes longer.
void Shadow::take_snapshot(const journal::Hash& chain) {
  try {
    const journal::Hash digest =
        journal::write_snapshot(wiring_.directory, wiring_.journal, replay_, chain, *replay_.engine);
    if (!stopping_.load(std::memory_order_relaxed)) wiring_.note(replay_.sequence, digest[0]);
  } catch (const journal::JournalError& error) {
    wiring_.tell(std::string("no snapshot: ") + error.what());
  }
}

void Shadow::finish() {
  stop();
  until_ = shm::monotonic_now() + finish_patience;
  work();
}

}  // namespace bulwark::process
