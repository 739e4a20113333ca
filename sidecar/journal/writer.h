// SPDX-License-Identifier: Apache-2.0
// The writer thread: drains the ring into the journal's file, makes it durable every few milliseconds, and says how far
// it has come. A failure to write is final: nothing is tried again, and nobody may trade on what is not written.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "shm/layout.h"
#include "sidecar/journal/appender.h"
#include "sidecar/journal/ring.h"

namespace bulwark::journal {

inline constexpr DurationNs commit_interval = milliseconds(5), strict_interval{20'000};

class JournalWriter {
public:
  struct Wiring {
    RingView ring;
    std::atomic<shm::JournalHealth>& health;  // Healthy from the start; Failed after a failure
    shm::AtomicWord& written;                 // the last record that is durable
    shm::JournalDisk& disk;
    std::function<void(const std::string&)> tell;
    bool strict = false;  // somebody waits for every record: no interval between one commit and the next
  };

  JournalWriter(Wiring wiring, std::unique_ptr<Appender> appender);
  ~JournalWriter();

  void start();
  // Writes what is in the ring, and ends the journal in good order. False: not everything became durable.
  bool stop();

  // One round, as the thread does it: false after a failure.
  bool work();

private:
  void run();
  bool drain();
  void keep_head();  // and look at the disk as often
  void look_at_disk();
  bool carefully(const std::function<void()>& work);  // false: it failed, now or before

  Wiring wiring_;
  std::unique_ptr<Appender> appender_;
  RingConsumer consumer_;
  std::atomic<bool> stopping_{false};
  bool failed_ = false, ended_ = false;
  bool wrote_ = false;  // in the last round
  bool told_behind_ = false, told_short_ = false;
  std::thread thread_;
};

}  // namespace bulwark::journal
