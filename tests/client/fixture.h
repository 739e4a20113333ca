// SPDX-License-Identifier: Apache-2.0
// A stand-in instance "desk" in a run folder of the test's own, and shorthands for client calls.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "client/client.hpp"
#include "tests/client/echo.h"

namespace bulwark::test {

// What a call threw; empty: nothing.
template <class Call>
std::string error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// Waits for something that another thread or process brings about; only a test that fails waits long.
template <class Condition>
bool eventually(Condition&& condition) {
  for (int i = 0; i < 10'000; ++i) {
    if (condition()) return true;
    shm::nap({1'000'000});
  }
  return false;
}

class InstanceTest : public ::testing::Test {
protected:
  InstanceTest() {
    char folder[] = "/tmp/bulwark-test-XXXXXX";
    run_ = ::mkdtemp(folder);
    ::setenv("BULWARK_RUN_DIR", run_.c_str(), 1);
    instance_ = std::make_unique<EchoInstance>(run_, "desk");
  }
  ~InstanceTest() override {
    instance_.reset();
    std::filesystem::remove_all(run_);
  }

  EchoInstance& instance() { return *instance_; }
  const std::string& run() const { return run_; }

  static Client attach(const std::string& name, int timeout_ms = 1000) {
    return Client::attach(
        {.instance = "desk", .client = name, .account = "ACC1", .strategy = "momo", .timeout_ms = timeout_ms});
  }
  // One that waits for no answer longer than that. On a busy machine attaching itself may take longer.
  static Client attach_impatient(const std::string& name, int timeout_ms) {
    for (int tries = 1;; ++tries) {
      try {
        return attach(name, timeout_ms);
      } catch (const Error&) {
        if (tries == 100) throw;
        shm::nap(milliseconds(20));
      }
    }
  }
  static Order order(std::string_view id = "o1", Number quantity = "100") {
    return {.id = id, .symbol = "AAPL", .side = "buy", .quantity = quantity, .price = "189.50"};
  }

  // A process of its own that attaches, and lives until end_forked.
  int fork_attached(const std::string& name) {
    int pipe_ends[2];
    EXPECT_EQ(::pipe(pipe_ends), 0);
    child_ = ::fork();
    if (child_ == 0) {
      const Client client = attach(name);
      if (::write(pipe_ends[1], "x", 1) != 1) ::_exit(1);
      for (;;) ::pause();
    }
    ::close(pipe_ends[1]);
    char x;
    EXPECT_EQ(::read(pipe_ends[0], &x, 1), 1);
    return pipe_ends[0];
  }
  void end_forked(int pipe_end) {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::close(pipe_end);
  }
  pid_t child() const { return child_; }

private:
  std::string run_;
  std::unique_ptr<EchoInstance> instance_;
  pid_t child_ = 0;
};

}  // namespace bulwark::test
