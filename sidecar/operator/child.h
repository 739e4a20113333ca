// SPDX-License-Identifier: Apache-2.0
// A program that `bulwark up` keeps running: started, watched by pidfd, started again when it dies.
#pragma once

#include <string>
#include <vector>

#include "shm/memfd.h"
#include "shm/units.h"

namespace bulwark::command {

class Child {
public:
  Child(std::string program, std::vector<std::string> arguments)
      : program_(std::move(program)), arguments_(std::move(arguments)) {}

  // Starts it; it dies with this process (SIGKILL: an end without a clean shutdown). Throws std::system_error.
  void start(MonotonicNs now);
  bool running() const { return pid_ > 0; }
  int pidfd() const { return pidfd_.get(); }
  int pid() const { return pid_; }
  const std::string& program() const { return program_; }
  // Takes note of its end and says how it ended, in words; empty: it still runs.
  std::string reap();
  int exit_code() const { return exit_code_; }  // of the last end; -1: by a signal
  void signal(int number) const;
  // When it may be started again: at once, or after a pause where it keeps dying.
  MonotonicNs next_start() const;

private:
  std::string program_;
  std::vector<std::string> arguments_;
  shm::Descriptor pidfd_;
  int pid_ = 0;
  int exit_code_ = 0;
  int short_lives_ = 0;
  MonotonicNs started_{0}, ended_{0};
};

}  // namespace bulwark::command
