// SPDX-License-Identifier: Apache-2.0
// What the back-test asks of the limits: done for all of them, or said not to be, so that it is asked again.
#include <gtest/gtest.h>

#include <thread>

#include "sidecar/process/wishes.h"
#include "tests/hot/desk.h"

namespace bulwark::process {

namespace {

constexpr TimeNs past{1}, later{INT64_MAX / 2};

core::Rules rules_with_dynamic_limits() {
  core::Rules rules = test::desk_rules();
  for (const char* name : {"gross", "held"}) {
    rules.limits.push_back(test::limit(name, Metric::Gross, 400'000));
    rules.limits.back().dynamic = true;
  }
  return rules;
}

class TightenTest : public testing::Test {
protected:
  TightenTest() { desk_.calls.start(); }

  // The loop runs only while it is asked, so that its engine can be looked at in between.
  bool tighten(TimeNs until) {
    std::atomic<bool> stopping{false};
    std::thread loop([&] {
      while (!stopping) desk_.pass();
    });
    const bool done = wishes_.tighten(4, until);
    stopping = true;
    loop.join();
    return done;
  }

  std::string max_of(const char* name) const {
    const core::Limits& limits = desk_.engine.limits();
    for (const core::CompiledLimit& limit : limits.all) {
      if (limit.index == desk_.engine.names().limits.find(name))
        return format_decimal(limits.slots[limit.slot_base].max);
    }
    return "none";
  }

  test::Desk desk_{rules_with_dynamic_limits()};
  Wishes wishes_{desk_.calls, desk_.board, "desk.toml", {}};
};

TEST_F(TightenTest, IsNotDoneWhileTheJournalHasNoRoomAndIsDoneOnceItHas) {
  while (desk_.loop.remark("test", "so that the journal is full") != 0) continue;
  EXPECT_FALSE(tighten(later));
  EXPECT_EQ(max_of("gross"), "400000");
  desk_.records();
  EXPECT_TRUE(tighten(later));
  EXPECT_EQ(max_of("gross"), "100000");
  EXPECT_EQ(max_of("position"), "100000") << "it is not dynamic";
}

TEST_F(TightenTest, WhatAPersonHasOverriddenIsLeftAlone) {
  core::ControlEvent wish{};
  wish.command = core::Command::Override;
  wish.whole_limit = true;
  wish.limit = desk_.engine.names().limits.find("held");
  wish.max_low = 300'000 * static_cast<std::uint64_t>(unit);
  wish.until = later;
  wish.operator_name = Name::from("Ada");
  wish.reason = Sentence::from("meant");
  ASSERT_EQ(desk_.loop.control(wish), core::EventError::None);
  EXPECT_TRUE(tighten(later));
  EXPECT_EQ(max_of("held"), "300000");
  EXPECT_EQ(max_of("gross"), "100000");
}

TEST_F(TightenTest, ForASessionThatIsOverThereIsNothingToDo) {
  EXPECT_TRUE(tighten(past));
  EXPECT_EQ(max_of("gross"), "400000");
}

TEST_F(TightenTest, IsNotDoneWhereNobodyCarriesItOut) {
  EXPECT_FALSE(wishes_.tighten(4, later));
  desk_.pass();
  EXPECT_EQ(max_of("gross"), "400000");
}

}  // namespace

}  // namespace bulwark::process
