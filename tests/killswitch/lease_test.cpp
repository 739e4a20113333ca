// SPDX-License-Identifier: Apache-2.0
// When the lease is renewed, when it runs out, and that running out is counted once and latches nothing.
#include "killswitch/lease.h"

#include <gtest/gtest.h>

#include <memory>

namespace bulwark::kill {
namespace {

constexpr std::int64_t ms = 1'000'000;

struct LeaseTest : testing::Test {
  std::unique_ptr<shm::KillPage> page = std::make_unique<shm::KillPage>();
  Lease lease{milliseconds(40)};
  SidecarFacts sidecar{true, true, {5 << 1 | 1}, {}};

  void SetUp() override { page->permission.store(5 << 1 | 1); }
  std::int64_t until() const { return page->lease_until_ns.load(); }
  std::uint64_t lapses() const { return page->lease_lapses.load(); }
  void renew(std::int64_t now_ms, std::int64_t beat_ms) {
    sidecar.beat = {beat_ms * ms};
    lease.renew(*page, sidecar, {now_ms * ms});
  }
};

TEST_F(LeaseTest, RunsFromTheOlderOfNowAndTheBeat) {
  renew(100, 98);
  EXPECT_EQ(until(), 138 * ms);
  renew(101, 500);  // a beat from the future gives nothing
  EXPECT_EQ(until(), 141 * ms);
}

TEST_F(LeaseTest, NeverGoesBack) {
  renew(100, 100);
  renew(101, 90);
  EXPECT_EQ(until(), 140 * ms);
}

TEST_F(LeaseTest, EndsAtOnceWhileStopped) {
  renew(100, 100);
  shm::stop(*page, {});
  renew(101, 101);
  EXPECT_EQ(until(), 0);
  EXPECT_EQ(lapses(), 0U) << "a stop is no lapse";
}

TEST_F(LeaseTest, ComesOnlyWhenTheSidecarJudgesUnderTheWordInForce) {
  shm::StopDetails scoped;
  scoped.whole = false;
  shm::stop(*page, scoped);
  renew(100, 100);
  EXPECT_EQ(until(), 0);
  sidecar.seen = shm::permission_of(*page);
  renew(101, 101);
  EXPECT_EQ(until(), 141 * ms);
}

TEST_F(LeaseTest, ComesNotWithoutSidecarOrJournal) {
  sidecar.attached = false;
  renew(100, 100);
  EXPECT_EQ(until(), 0);
  sidecar.attached = true;
  sidecar.journal_healthy = false;
  renew(101, 101);
  EXPECT_EQ(until(), 0);
}

TEST_F(LeaseTest, AFrozenSidecarIsOneLapseAndNoLatch) {
  renew(100, 100);
  for (std::int64_t now = 101; now < 300; ++now) renew(now, 100);
  EXPECT_EQ(until(), 140 * ms);
  EXPECT_FALSE(shm::lease_valid(*page, {140 * ms}));
  EXPECT_EQ(lapses(), 1U);
  renew(300, 300);
  EXPECT_TRUE(shm::lease_valid(*page, {301 * ms})) << "permission returns with the renewal";
  EXPECT_TRUE(shm::permission_of(*page).trading());
  EXPECT_EQ(lapses(), 1U);
  renew(400, 400);  // this time it was the watchdog that did not come
  EXPECT_EQ(lapses(), 2U);
}

TEST_F(LeaseTest, ADeadBeatNeverStartsALease) {
  renew(100, 20);
  EXPECT_EQ(until(), 0);
  EXPECT_EQ(lapses(), 0U);
}

}  // namespace
}  // namespace bulwark::kill
