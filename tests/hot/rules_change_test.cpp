// SPDX-License-Identifier: Apache-2.0
// What may change while an instance runs, and what needs a restart, key by key.
#include <gtest/gtest.h>

#include "sidecar/process/rules_change.h"

namespace bulwark::process {
namespace {

core::Limit limit(const char* name, int max) {
  core::Limit result;
  result.name = name;
  result.metric = Metric::Gross;
  result.max = max;
  return result;
}

config::Settings settings() {
  config::Settings result;
  result.instance.name = "desk";
  result.journal_directory = "/j";
  result.rules.accounts = {core::Account{"ACC1", {}}};
  result.rules.limits = {limit("a", 1), limit("b", 2), limit("c", 3)};
  return result;
}

TEST(RulesChange, NothingChanged) {
  const RulesChange change = compare(settings(), settings());
  EXPECT_FALSE(change.any());
  EXPECT_TRUE(change.needs_restart.empty());
  EXPECT_EQ(describe(change), "nothing changed");
}

TEST(RulesChange, LimitsAreCountedByName) {
  config::Settings after = settings();
  after.rules.limits = {limit("c", 3), limit("b", 20), limit("d", 4), limit("e", 4)};
  const RulesChange change = compare(settings(), after);
  EXPECT_TRUE(change.any());
  EXPECT_TRUE(change.needs_restart.empty());
  EXPECT_EQ(describe(change), "1 limit changed, 2 limits added, 1 limit removed");
}

TEST(RulesChange, TheOrderOfLimitsIsAChangeToo) {
  config::Settings after = settings();
  std::swap(after.rules.limits[0], after.rules.limits[1]);
  EXPECT_TRUE(compare(settings(), after).any());
}

TEST(RulesChange, WhatBelongsToLimitsMayChange) {
  config::Settings after = settings();
  after.rules.restricted = {"XYZ"};
  after.rules.locate_required = true;
  after.rules.fx = {core::FxRate{"EUR", unit}};
  after.rules.stale_after = milliseconds(1);
  after.rules.market_slippage = 5;
  const RulesChange change = compare(settings(), after);
  EXPECT_TRUE(change.any());
  EXPECT_TRUE(change.needs_restart.empty());
  EXPECT_EQ(describe(change), "no limit changed, other settings did");
}

TEST(RulesChange, EverythingElseNeedsARestart) {
  config::Settings after = settings();
  after.instance.name = "other";
  after.instance.mode = config::Mode::Spin;
  after.instance.lease_ms = 41;
  after.instance.strict_jitter = true;
  after.instance.cpu = 1;
  after.instance.kill_unacknowledged_ms = 1;
  after.journal_directory = "/k";
  after.four_eyes = true;
  after.rules.base_currency = "EUR";
  after.rules.session.start_of_day_s = 1;
  after.rules.instruments = {core::Instrument{}};
  after.rules.accounts = {};
  after.rules.strategies = {core::Strategy{"s", ""}};
  const std::vector<std::string> expected{"instance.name",
                                          "instance.mode",
                                          "instance.lease_ms",
                                          "instance.strict_jitter",
                                          "instance.cpu",
                                          "instance.kill_unacknowledged_ms",
                                          "instance.base_currency",
                                          "instance.session",
                                          "control.four_eyes",
                                          "journal.directory",
                                          "instruments",
                                          "account",
                                          "strategy"};
  EXPECT_EQ(compare(settings(), after).needs_restart, expected);
}

std::vector<std::string> loosened(const config::Settings& after) { return compare(settings(), after).loosened; }

TEST(Loosening, LowerAndMoreIsStricter) {
  config::Settings after = settings();
  after.rules.limits[0].max = 0;
  after.rules.limits[0].warn /= 2;
  core::Limit added = limit("d", 1);
  added.metric = Metric::DailyLoss;
  after.rules.limits.push_back(added);
  std::swap(after.rules.limits[1], after.rules.limits[2]);
  EXPECT_EQ(loosened(after), std::vector<std::string>{});
}

TEST(Loosening, EverythingElseCounts) {
  using Change = void (*)(core::Rules&);
  const Change changes[] = {[](core::Rules& rules) { ++rules.limits[1].max; },
                            [](core::Rules& rules) { rules.limits.erase(rules.limits.begin()); },
                            [](core::Rules& rules) { rules.limits[0].name = "renamed"; },
                            [](core::Rules& rules) { rules.limits[0].action = Action::Alert; },
                            [](core::Rules& rules) { rules.limits[0].on.account = "ACC1"; },
                            [](core::Rules& rules) { rules.limits[0].metric = Metric::Net; },
                            [](core::Rules& rules) { rules.limits.push_back(limit("d", 1)); },
                            [](core::Rules& rules) { rules.stale_after = milliseconds(1); },
                            [](core::Rules& rules) { rules.restricted = {"XYZ"}; }};
  for (std::size_t i = 0; i < std::size(changes); ++i) {
    config::Settings after = settings();
    changes[i](after.rules);
    EXPECT_FALSE(loosened(after).empty()) << i;
  }
}

TEST(Loosening, OfAnOverride) {
  core::Limits limits;
  core::CompiledLimit compiled{};
  compiled.index = LimitIndex{1};
  compiled.configured_max = 100;
  compiled.slot_count = 2;
  limits.all = {compiled};
  core::Slot slot{};
  slot.max = 100;
  limits.slots = {slot, slot};
  limits.slots[1].on.account = AccountIndex{1};
  core::ControlEvent wish{};
  wish.limit = LimitIndex{1};
  wish.until = {1'000};
  const auto loose = [&](std::uint64_t max, AccountIndex account = AccountIndex::None) {
    wish.max_low = max;
    wish.on.account = account;
    wish.whole_limit = account == AccountIndex::None;
    return loosens(limits, wish);
  };
  EXPECT_TRUE(loose(101));
  EXPECT_FALSE(loose(100));
  EXPECT_FALSE(loose(0));
  limits.slots[1].max = 50;  // overridden for longer: 80 is more than is allowed now, and 50 ends sooner
  limits.slots[1].override_until_ns = 2'000;
  EXPECT_TRUE(loose(80, AccountIndex{1}));
  EXPECT_TRUE(loose(50, AccountIndex{1}));
  wish.until = {2'000};
  EXPECT_FALSE(loose(50, AccountIndex{1}));
  EXPECT_TRUE(loose(80));     // of the whole limit: its stricter scope too
  limits.slots[1].max = 200;  // confirmed: going on with it is loosening again
  EXPECT_TRUE(loose(200, AccountIndex{1}));
  EXPECT_FALSE(loose(100, AccountIndex{1}));
  wish.limit = LimitIndex{2};
  EXPECT_FALSE(loose(1'000));  // of no limit: the engine refuses it
}

}  // namespace
}  // namespace bulwark::process
