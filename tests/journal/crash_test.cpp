// SPDX-License-Identifier: Apache-2.0
// SIGKILL at random instants: whatever was acknowledged before it is there after it, and the journal goes on.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "shm/clock.h"
#include "sidecar/journal/reader.h"
#include "tests/journal/folder.h"
#include "tests/journal/life.h"

namespace bulwark::journal {
namespace {

// What the child has acknowledged, in memory that outlives it.
struct Acknowledged {
  std::atomic<std::uint64_t> records, orders;
};

[[noreturn]] void trade_until_killed(const test::Folder& folder, Acknowledged& acknowledged) {
  test::Life life(folder / "journal", folder / "ring", "10000000");
  life.writer.start();
  for (std::uint64_t n = acknowledged.orders.load();; ++n) {
    while (!life.buy("o" + std::to_string(n), 1)) shm::nap({100'000});
    acknowledged.records.store(life.producer.next_sequence() - 1, std::memory_order_release);
    if (!life.accepted()) ::_exit(3);
    acknowledged.orders.store(n + 1, std::memory_order_release);
  }
}

TEST(Crash, WhatWasAcknowledgedIsThereAgain) {
  const test::Folder folder;
  void* memory = ::mmap(nullptr, 4'096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  auto& acknowledged = *static_cast<Acknowledged*>(memory);
  std::mt19937 random(20'261'122);
  for (int round = 0; round < 25; ++round) {
    const pid_t child = ::fork();
    if (child == 0) trade_until_killed(folder, acknowledged);
    const std::uint64_t before = acknowledged.records.load();
    for (int i = 0; i < 5'000 && acknowledged.records.load() == before; ++i) shm::nap(milliseconds(1));
    shm::nap({static_cast<std::int64_t>(random() % 12'000'000)});
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "round " << round << ": the child ended by itself, " << WEXITSTATUS(status);
    const std::uint64_t records = acknowledged.records.load(), orders = acknowledged.orders.load();

    test::Life life(folder / "journal", folder / "ring", "10000000");
    ASSERT_GE(life.recovered.next_sequence, records + 1) << "round " << round;
    // The order in which the child was when it died may be there as well, and its next one was never asked for.
    ASSERT_GE(static_cast<std::uint64_t>(life.working()), orders);
    ASSERT_LE(static_cast<std::uint64_t>(life.working()), orders + 1);
    acknowledged.orders.store(static_cast<std::uint64_t>(life.working()));
    acknowledged.records.store(life.producer.next_sequence() - 1);
  }
  ::munmap(memory, 4'096);
}

}  // namespace
}  // namespace bulwark::journal
