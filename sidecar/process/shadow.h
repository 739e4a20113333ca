// SPDX-License-Identifier: Apache-2.0
// The shadow: a cold thread that follows the journal as it becomes durable, applies every record to an engine of its
// own, and holds what comes of it against what the hot loop has recorded. So a decision that this machine would not
// make again is found within a moment, while it can still be stopped; and snapshots are taken of the shadow's engine,
// so that the hot loop never pays for one.
//
// A snapshot is taken where the journal says so: the shadow asks for a note (`Snapshot`, a = 0), and when it has come
// there itself, it saves its state and has the digest noted (a = the note's sequence). It takes one more at the end.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "shm/layout.h"
#include "sidecar/journal/blocks.h"
#include "sidecar/journal/replay.h"

namespace bulwark::process {

// Somebody who looks at the shadow's engine, on its thread. Throws nothing.
class Onlooker {
public:
  virtual ~Onlooker() = default;
  virtual void before(TimeNs t, const core::Engine& engine) = 0;              // an event of that time comes next
  virtual void look(const core::Engine& engine, std::uint64_t sequence) = 0;  // that record was the last
};

class Shadow {
public:
  struct Wiring {
    std::string directory;           // of the journal
    std::uint64_t journal;           // its id
    const shm::AtomicWord& written;  // the last record that is durable
    DurationNs interval;             // between snapshots
    std::function<void(std::uint64_t sequence, std::uint64_t digest)> note;
    std::function<void(const std::string&)> tell;
    std::function<void()> stop_trading;  // it has found a difference
    Onlooker* onlooker = nullptr;        // may be nobody
  };

  // `replay` stands behind the last record that there is.
  Shadow(Wiring wiring, journal::Replay replay);
  ~Shadow();

  void start();
  // It asks for nothing any more.
  void stop();
  // Behind the end of the journal: follows to it, and takes the last snapshot.
  void finish();

  // One round, as the thread does it: what has become durable. False: it has found a difference, now or before.
  bool work();

private:
  void run();
  void follow();
  void apply(const journal::Block& block);
  void look();
  void take_snapshot(const journal::Hash& chain);

  Wiring wiring_;
  journal::Replay replay_;
  journal::BlockReader reader_;
  bool holds_ = false;  // the reader's block is not durable yet
  MonotonicNs asked_{};
  std::atomic<bool> stopping_{false};
  MonotonicNs until_{};  // when it stops: how long it may still follow
  bool failed_ = false;
  std::thread thread_;
};

}  // namespace bulwark::process
