// SPDX-License-Identifier: Apache-2.0
// The stop itself, on a page in this process: what one thread may rely on, and what many at once may.
#include "shm/kill_page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

namespace bulwark::shm {
namespace {

std::unique_ptr<KillPage> make_page(bool trading) {
  auto page = std::make_unique<KillPage>();
  page->permission.store(Permission{10 << 1 | (trading ? 1U : 0U)}.word);
  return page;
}

StopDetails details_of(std::string_view reason, bool whole = true) {
  StopDetails details;
  details.reason = Sentence::from(reason);
  details.operator_name = Name::from(reason);
  details.whole = whole;
  return details;
}

TEST(KillPage, ZeroedMemoryDenies) {
  const auto page = std::make_unique<KillPage>();
  EXPECT_FALSE(permission_of(*page).trading());
  EXPECT_FALSE(lease_valid(*page, {0}));
  EXPECT_FALSE(lease_valid(*page, monotonic_now()));
  EXPECT_FALSE(stop_entry(*page, 0).has_value());
  EXPECT_EQ(examine(&page->header, sizeof *page, SegmentKind::KillPage, sizeof *page), AttachStatus::NotReady);
}

TEST(KillPage, LeaseEndsAtItsMoment) {
  const auto page = make_page(true);
  page->lease_until_ns.store(1000);
  EXPECT_TRUE(lease_valid(*page, {999}));
  EXPECT_FALSE(lease_valid(*page, {1000}));
}

TEST(KillPage, StopRaisesTheEpochAndSaysWhy) {
  const auto page = make_page(true);
  EXPECT_EQ(stop(*page, details_of("fat finger")), 11U);
  EXPECT_EQ(permission_of(*page), (Permission{11 << 1}));
  const auto entry = stop_entry(*page, 11);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->reason.view(), "fat finger");
  EXPECT_EQ(entry->cause.view(), "fat finger");
  EXPECT_EQ(entry->operator_name.view(), "fat finger");
  EXPECT_TRUE(entry->whole);
  EXPECT_FALSE(stop_entry(*page, 10));
  EXPECT_FALSE(stop_entry(*page, 12));
}

TEST(KillPage, StopWithoutAReasonStops) {
  const auto page = make_page(true);
  EXPECT_EQ(stop(*page, StopDetails{}), 11U);
  EXPECT_FALSE(permission_of(*page).trading());
  EXPECT_EQ(cause_in_force(*page, permission_of(*page)).view(), "no reason given");
}

TEST(KillPage, ScopedStopKeepsTradingAndItsScope) {
  const auto page = make_page(true);
  StopDetails details = details_of("account only", false);
  details.account = Name::from("ACC1");
  details.symbol = Name::from("AAPL");
  EXPECT_EQ(stop(*page, details), 11U);
  EXPECT_EQ(permission_of(*page), (Permission{11 << 1 | 1}));
  const auto entry = stop_entry(*page, 11);
  ASSERT_TRUE(entry);
  EXPECT_FALSE(entry->whole);
  EXPECT_EQ(entry->account.view(), "ACC1");
  EXPECT_EQ(entry->symbol.view(), "AAPL");
  EXPECT_EQ(entry->client.view(), "");
}

TEST(KillPage, ScopedStopOfAStoppedInstanceDoesNotWakeIt) {
  const auto page = make_page(false);
  stop(*page, details_of("scope", false));
  EXPECT_EQ(permission_of(*page), (Permission{11 << 1}));
}

TEST(KillPage, AJoiningStopKeepsTheFirstCauseUntilAResume) {
  const auto page = make_page(true);
  stop(*page, details_of("first"));
  stop(*page, details_of("second"));
  EXPECT_EQ(stop(*page, details_of("third", false)), 13U);
  const auto third = stop_entry(*page, 13);
  ASSERT_TRUE(third);
  EXPECT_EQ(third->cause.view(), "first");
  EXPECT_EQ(third->reason.view(), "third");
  ASSERT_TRUE(resume(*page, permission_of(*page)));
  stop(*page, details_of("fourth"));
  EXPECT_EQ(cause_in_force(*page, permission_of(*page)).view(), "fourth");
}

TEST(KillPage, AScopedStopIsNoCauseOfALaterWholeOne) {
  const auto page = make_page(true);
  stop(*page, details_of("scope", false));
  stop(*page, details_of("whole"));
  EXPECT_EQ(cause_in_force(*page, permission_of(*page)).view(), "whole");
}

TEST(KillPage, JoiningAStopThatNeverSaidWhyKeepsItsOwnCause) {
  const auto page = make_page(true);
  page->permission.store(permission_of(*page).stopped().word);  // whoever did this died before its entry
  stop(*page, details_of("mine"));
  EXPECT_EQ(cause_in_force(*page, permission_of(*page)).view(), "mine");
}

TEST(KillPage, ResumeOnlyOfTheWordThatWasLookedAt) {
  const auto page = make_page(true);
  stop(*page, details_of("first"));
  const Permission looked_at = permission_of(*page);
  stop(*page, details_of("newer"));
  EXPECT_FALSE(resume(*page, looked_at));
  EXPECT_FALSE(permission_of(*page).trading());
  EXPECT_TRUE(resume(*page, permission_of(*page)));
  EXPECT_EQ(permission_of(*page), (Permission{12 << 1 | 1}));
}

TEST(KillPage, ATornEntryIsNoEntry) {
  const auto page = make_page(true);
  stop(*page, details_of("whole"));
  StopEntry& entry = page->entries[11 % stop_entry_count];
  ASSERT_TRUE(stop_entry(*page, 11));
  entry.reason.bytes[3] ^= 1;
  EXPECT_FALSE(stop_entry(*page, 11));
  entry.reason.bytes[3] ^= 1;
  entry.whole = 0;
  EXPECT_FALSE(stop_entry(*page, 11)) << "a whole stop must not turn into a scoped one";
}

TEST(KillPage, AnEntryWhosePlaceWasUsedAgainIsNoEntry) {
  const auto page = make_page(true);
  for (std::size_t i = 0; i <= stop_entry_count; ++i) stop(*page, details_of("again"));
  EXPECT_FALSE(stop_entry(*page, 11));
  EXPECT_TRUE(stop_entry(*page, 12));
  EXPECT_TRUE(stop_entry(*page, 11 + stop_entry_count));
}

TEST(KillPage, ManyAtOnceLoseNoStop) {
  const auto page = make_page(true);
  constexpr int stoppers = 4, stops = 2000;
  std::vector<std::vector<std::uint64_t>> epochs(stoppers);
  std::atomic<bool> ending{false};
  std::thread resumer([&] {
    while (!ending.load()) {
      const Permission seen = permission_of(*page);
      resume(*page, seen);
      EXPECT_GE(permission_of(*page).epoch(), seen.epoch());
    }
  });
  // An entry that can be read is one stop's alone: its operator is its reason.
  std::thread reader([&] {
    while (!ending.load()) {
      const auto entry = stop_entry(*page, permission_of(*page).epoch());
      EXPECT_TRUE(!entry || entry->reason.view() == entry->operator_name.view());
    }
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < stoppers; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < stops; ++i) {
        const std::string who = std::to_string(t) + "/" + std::to_string(i);
        epochs[static_cast<std::size_t>(t)].push_back(stop(*page, details_of(who, i % 2 == 0)));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  ending.store(true);
  resumer.join();
  reader.join();
  std::vector<std::uint64_t> all;
  for (const auto& mine : epochs) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(all.end(), mine.begin(), mine.end());
  }
  std::sort(all.begin(), all.end());
  ASSERT_EQ(all.size(), std::size_t{stoppers} * stops);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], 11 + i) << "each stop has an epoch of its own";
  EXPECT_EQ(permission_of(*page).epoch(), all.back());
}

TEST(KillPage, AStopAfterTheLastResumeHoldsAgainstAnyNumberOfResumers) {
  for (int round = 0; round < 300; ++round) {
    const auto page = make_page(false);
    const Permission old = permission_of(*page);
    std::vector<std::thread> resumers;
    for (int i = 0; i < 3; ++i) resumers.emplace_back([&] { resume(*page, old); });
    const std::uint64_t epoch = stop(*page, details_of("last"));
    for (auto& thread : resumers) thread.join();
    ASSERT_EQ(permission_of(*page), (Permission{epoch << 1}));
  }
}

}  // namespace
}  // namespace bulwark::shm
