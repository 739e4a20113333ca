// SPDX-License-Identifier: Apache-2.0
// The writer thread's rounds: take what is there, make it durable, give the lines back.
#include "sidecar/journal/writer.h"

#include <pthread.h>

#include "shm/clock.h"

namespace bulwark::journal {

JournalWriter::JournalWriter(Wiring wiring, std::unique_ptr<Appender> appender)
    : wiring_(std::move(wiring)), appender_(std::move(appender)), consumer_(wiring_.ring) {
  wiring_.written.store(consumer_.next_sequence() - 1, std::memory_order_relaxed);
  look_at_disk();
  wiring_.health.store(shm::JournalHealth::Healthy, std::memory_order_relaxed);  // the board's ready mark publishes it
}

JournalWriter::~JournalWriter() { stop(); }

void JournalWriter::start() {
  thread_ = std::thread([this] { run(); });
}

bool JournalWriter::stop() {
  stopping_.store(true, std::memory_order_release);
  if (thread_.joinable()) thread_.join();
  if (ended_) return !failed_;
  ended_ = true;
  return work() && carefully([this] { appender_->finish(); });
}

void JournalWriter::run() {
  pthread_setname_np(pthread_self(), "bw-journal");
  while (!stopping_.load(std::memory_order_acquire) && work()) {
    if (!wiring_.strict) shm::nap(commit_interval);
    else if (!wrote_) shm::nap(strict_interval);
  }
}

bool JournalWriter::drain() {
  Commit commit{};
  std::uint64_t words[record_words_max];
  bool any = false;
  // Lines are given back only when they are durable, so that one round never takes more than the ring once.
  while (consumer_.take(commit, words)) {
    appender_->append(commit, {words, commit.words});
    any = true;
  }
  const bool behind = consumer_.unreleased_lines() > wiring_.ring.line_count / 2;
  if (behind && !told_behind_) {
    wiring_.tell(
        "the journal is behind: more than half of its ring waits for the disk; orders are refused when it is full");
  }
  told_behind_ = behind;
  return any;
}

bool JournalWriter::work() {
  return carefully([this] {
    wrote_ = drain();
    if (!wrote_) return keep_head();
    appender_->sync();
    consumer_.release();
    wiring_.written.store(consumer_.next_sequence() - 1, std::memory_order_release);
    keep_head();  // behind the release: the ring never gives back what the head names
  });
}

void JournalWriter::keep_head() {
  if (appender_->keep_head()) look_at_disk();
}

void JournalWriter::look_at_disk() {
  const std::uint64_t files_left = appender_->free_bytes() / appender_->segment_bytes();
  wiring_.disk.files_left.store(files_left, std::memory_order_relaxed);  // a number for people
  const bool short_of_room = files_left < shm::journal_files_few;
  if (short_of_room && !told_short_) {
    wiring_.tell(appender_->directory() + ": this disk has room for less than two more files of the journal (" +
                 std::to_string(appender_->free_bytes() >> 20U) +
                 " MiB); when it is full nothing is accepted any more");
  }
  told_short_ = short_of_room;
}

bool JournalWriter::carefully(const std::function<void()>& work) {
  if (failed_) return false;
  try {
    work();
    return true;
  } catch (const std::exception& error) {
    failed_ = true;
    wiring_.disk.failure = Text<255>::from(error.what());
    // Release: whoever sees the failure sees why, and how far the journal came before it.
    wiring_.health.store(shm::JournalHealth::Failed, std::memory_order_release);
    wiring_.tell(std::string(error.what()) +
                 "; nothing is accepted from now on. Put the disk right and start again: "
                 "what the ring still holds is written then");
    return false;
  }
}

}  // namespace bulwark::journal
