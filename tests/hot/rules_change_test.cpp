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
                                          "journal.directory",
                                          "instruments",
                                          "account",
                                          "strategy"};
  EXPECT_EQ(compare(settings(), after).needs_restart, expected);
}

}  // namespace
}  // namespace bulwark::process
