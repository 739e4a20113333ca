// SPDX-License-Identifier: Apache-2.0
// The policy of alerts by a given clock: told once, again, to others, in groups, at night, after failures, after a
// restart.
#include <gtest/gtest.h>

#include "sidecar/console/alerts/desk.h"

namespace bulwark::alerts {
namespace {

using config::Severity;

constexpr std::int64_t second = 1'000'000'000;

config::AlertTarget target(const std::string& name, std::optional<Severity> severity = Severity::Warning) {
  config::AlertTarget to;
  to.name = name;
  to.severity = severity;
  return to;
}

Signal signal(const std::string& rule, const std::string& limit = "", const Json& on = Json::object()) {
  Signal one;
  one.rule = rule;
  one.limit = limit;
  one.on = on;
  one.text = rule + " " + limit;
  return one;
}

class DeskTest : public testing::Test {
protected:
  DeskTest() {
    settings.targets = {target("desk")};
    settings.repeat_s = 100;
    settings.group_s = 1;
    settings.escalate_after_s = 0;
  }
  void open() { desk.emplace(settings, "test"); }
  void tell(What what, const Signal& one) { desk->tell(what, one, now(), now()); }
  TimeNs now() const { return {now_s * second}; }
  // What goes out in the next seconds, one text for each message: TARGET: WHAT RULE, ...; all of it is taken.
  std::vector<std::string> after(std::int64_t seconds, const std::string& error = "") {
    std::vector<std::string> texts;
    for (std::int64_t k = 0; k < seconds; ++k, ++now_s) {
      for (const Message& message : desk->due(now())) {
        std::string text = settings.targets[message.target].name + ":";
        for (const Json& one : message.documents)
          text += " " + one["what"].get<std::string>() + " " + one["rule"].get<std::string>() +
                  (one["limit"].is_null() ? "" : "/" + one["limit"].get<std::string>());
        texts.push_back(text);
        last = message.documents.front();
        desk->delivered(message.target, error, now());
      }
    }
    return texts;
  }

  using Texts = std::vector<std::string>;
  config::Alerts settings;
  std::optional<Desk> desk;
  std::int64_t now_s = 1'000'000;
  Json last;
};

TEST_F(DeskTest, TellsOnceAndAgainOnlyAfterRepeat) {
  open();
  tell(What::Began, signal("breach", "day"));
  EXPECT_EQ(after(3), Texts{"desk: raised breach/day"});
  tell(What::Began, signal("breach", "day"));
  tell(What::Began, signal("breach", "day"));
  EXPECT_EQ(after(90), Texts{});
  EXPECT_EQ(after(20), Texts{"desk: again breach/day"});
  EXPECT_EQ(last["count"], 3);
  EXPECT_EQ(after(500), Texts{});
}

TEST_F(DeskTest, AnotherScopeIsAnotherAlert) {
  open();
  tell(What::Began, signal("breach", "day", {{"account", "ACC1"}}));
  tell(What::Began, signal("breach", "day", {{"account", "ACC2"}}));
  EXPECT_EQ(after(3), Texts{"desk: raised breach/day raised breach/day"});
}

TEST_F(DeskTest, AnEndIsToldWhenItHasStayedAway) {
  open();
  tell(What::Began, signal("breach", "day"));
  after(3);
  tell(What::Ended, signal("breach", "day"));
  EXPECT_EQ(after(99), Texts{});
  EXPECT_EQ(after(4), Texts{"desk: cleared breach/day"});
  EXPECT_EQ(last["text"], "Over: breach day");
  tell(What::Began, signal("breach", "day"));
  EXPECT_EQ(after(3), Texts{"desk: again breach/day"});
}

TEST_F(DeskTest, NobodyIsToldThatSomethingIsOverThatComesAndGoes) {
  open();
  Texts told;
  for (int k = 0; k < 30; ++k) {
    tell(What::Began, signal("breach", "day"));
    for (const std::string& text : after(5)) told.push_back(text);
    tell(What::Ended, signal("breach", "day"));
    for (const std::string& text : after(5)) told.push_back(text);
  }
  EXPECT_EQ(told, (Texts{"desk: raised breach/day", "desk: again breach/day", "desk: again breach/day"}));
  EXPECT_EQ(after(200), Texts{"desk: cleared breach/day"});
}

TEST_F(DeskTest, WhatComesTogetherIsOneMessage) {
  settings.group_s = 3;
  open();
  tell(What::Began, signal("breach", "a"));
  EXPECT_EQ(after(2), Texts{});
  tell(What::Happened, signal("stop"));
  EXPECT_EQ(after(3), Texts{"desk: raised breach/a raised stop"});
}

TEST_F(DeskTest, SeverityAndRulesDecideWhoIsTold) {
  settings.targets = {target("all", Severity::Info), target("critical", Severity::Critical), target("stops")};
  settings.targets[2].rules = {"stop"};
  settings.rules[*config::alert_rule_index("warning")].severity = Severity::Info;
  settings.rules[*config::alert_rule_index("drift")].off = true;
  open();
  tell(What::Began, signal("warning", "day"));
  tell(What::Happened, signal("drift"));
  EXPECT_EQ(after(3), Texts{"all: raised warning/day"});
  tell(What::Began, signal("breach", "day"));
  EXPECT_EQ(after(3), (Texts{"all: raised breach/day", "critical: raised breach/day"}));
  tell(What::Happened, signal("stop"));
  EXPECT_EQ(after(3), (Texts{"all: raised stop", "critical: raised stop", "stops: raised stop"}));
}

TEST_F(DeskTest, WhatNobodyAcknowledgesGoesToOthers) {
  settings.targets.push_back(target("boss", std::nullopt));
  settings.escalate_to = {"boss"};
  settings.escalate_after_s = 30;
  open();
  tell(What::Began, signal("breach", "day"));
  tell(What::Began, signal("warning", "day"));
  EXPECT_EQ(after(29), Texts{"desk: raised breach/day raised warning/day"});
  EXPECT_EQ(after(10), Texts{"boss: escalated breach/day"});
  EXPECT_EQ(last["text"], "Nobody has acknowledged this for 30 s: breach day");
  tell(What::Ended, signal("breach", "day"));
  EXPECT_EQ(after(120), (Texts{"desk: cleared breach/day", "boss: cleared breach/day"}));
}

TEST_F(DeskTest, AProgramIsCalledForTheEscalationAlone) {
  settings.targets.push_back(target("stop", std::nullopt));
  settings.targets[1].kind = config::AlertTarget::Kind::Command;
  settings.targets[1].rules = {"breach"};
  settings.escalate_to = {"stop"};
  settings.escalate_after_s = 30;
  open();
  tell(What::Began, signal("breach", "day"));
  tell(What::Happened, signal("stop"));
  EXPECT_EQ(after(40), (Texts{"desk: raised breach/day raised stop", "stop: escalated breach/day"}));
  tell(What::Began, signal("breach", "day"));
  tell(What::Ended, signal("breach", "day"));
  EXPECT_EQ(after(200), Texts{"desk: cleared breach/day"});
}

TEST_F(DeskTest, WhatIsAcknowledgedStaysHere) {
  settings.targets.push_back(target("boss", std::nullopt));
  settings.escalate_to = {"boss"};
  settings.escalate_after_s = 30;
  open();
  tell(What::Began, signal("breach", "day"));
  after(3);
  const auto id = desk->list(now())[0]["id"].get<std::uint64_t>();
  EXPECT_FALSE(desk->acknowledge(id + 7, "Ada", now()));
  EXPECT_TRUE(desk->acknowledge(id, "Ada", now()));
  EXPECT_EQ(desk->list(now())[0]["acknowledged_by"], "Ada");
  tell(What::Began, signal("breach", "day"));
  EXPECT_EQ(after(300), Texts{});
  tell(What::Ended, signal("breach", "day"));
  after(200);
  tell(What::Began, signal("breach", "day"));  // a new one
  EXPECT_EQ(after(40), (Texts{"desk: raised breach/day", "boss: escalated breach/day"}));
}

TEST_F(DeskTest, WhatBecomesCriticalIsEscalatedFromThenOn) {
  settings.escalate_after_s = 30;
  open();
  Signal mild = signal("lease");
  mild.milder = true;
  tell(What::Happened, mild);
  after(200);
  tell(What::Began, signal("lease"));
  EXPECT_EQ(after(29), Texts{"desk: raised lease"});
  tell(What::Happened, mild);  // it lapses again and again meanwhile
  tell(What::Began, signal("lease"));
  EXPECT_EQ(after(5), Texts{"desk: escalated lease"});
}

TEST_F(DeskTest, WhatComesAgainAfterAnAnswerIsEscalatedAnew) {
  settings.escalate_after_s = 30;
  open();
  tell(What::Happened, signal("stop"));
  after(40);
  ASSERT_TRUE(desk->acknowledge(desk->list(now())[0]["id"].get<std::uint64_t>(), "Ada", now()));
  tell(What::Happened, signal("stop"));
  EXPECT_EQ(after(29), Texts{});
  EXPECT_EQ(after(5), Texts{"desk: escalated stop"});
}

TEST_F(DeskTest, WithoutOthersTheSameAreTold) {
  settings.escalate_after_s = 30;
  open();
  tell(What::Happened, signal("stop"));
  EXPECT_EQ(after(40), (Texts{"desk: raised stop", "desk: escalated stop"}));
}

TEST_F(DeskTest, BeyondTheRateOnlyTheCriticalGoesOut) {
  settings.rate_per_minute = 2;
  open();
  Texts told;
  for (int k = 0; k < 10; ++k) {
    tell(What::Began, signal("warning", "w" + std::to_string(k)));
    for (const std::string& text : after(2)) told.push_back(text);
  }
  EXPECT_EQ(told, (Texts{"desk: raised warning/w0", "desk: raised warning/w1"}));
  tell(What::Began, signal("breach", "day"));
  EXPECT_EQ(after(2), Texts{"desk: raised breach/day"});
  const Texts later = after(60);
  ASSERT_EQ(later.size(), 1);  // and the others then, together
  EXPECT_EQ(std::count(later[0].begin(), later[0].end(), '/'), 8);
}

TEST_F(DeskTest, QuietHoursHoldBackAllButTheCritical) {
  settings.quiet = {22 * 3'600, 7 * 3'600, {{0, 3'600}}};  // an hour east
  now_s = 19'000 * 86'400LL + 20 * 3'600;                  // 21:00 there
  open();
  tell(What::Began, signal("warning", "a"));
  EXPECT_EQ(after(3), Texts{"desk: raised warning/a"});
  now_s += 3'600;
  tell(What::Began, signal("warning", "b"));
  EXPECT_EQ(after(3), Texts{});
  tell(What::Began, signal("breach", "c"));
  EXPECT_EQ(after(3), Texts{"desk: raised breach/c"});
  now_s = 19'001 * 86'400LL + 6 * 3'600 - 1;  // a second before seven
  EXPECT_EQ(after(1), Texts{});
  EXPECT_EQ(after(1), Texts{"desk: raised warning/b"});
}

TEST_F(DeskTest, WhatWasNotTakenIsTriedAgainLessAndLessOften) {
  settings.targets.push_back(target("other"));
  settings.targets[0].rules = {"breach"};
  settings.targets[1].rules = {"alerts"};
  open();
  tell(What::Began, signal("breach", "day"));
  const Texts told = after(200, "connection refused");
  const auto attempts = std::count(told.begin(), told.end(), "desk: raised breach/day");
  EXPECT_EQ(attempts, 9);  // waits of 1, 2, 4, 8, 16, 32, 64, 64 seconds
  EXPECT_NE(std::find(told.begin(), told.end(), "other: raised alerts"), told.end());
  EXPECT_EQ(after(300), (Texts{"desk: raised breach/day", "other: raised alerts", "other: cleared alerts"}));
}

TEST_F(DeskTest, ALookIsNoRepetition) {
  open();
  Standing standing;
  standing.signals = {signal("process", "", {{"program", "bulwark-sidecar"}})};
  Texts told;
  for (int k = 0; k < 50; ++k) {
    desk->hold(standing, now());
    for (const std::string& text : after(10)) told.push_back(text);
  }
  EXPECT_EQ(told, Texts{"desk: raised process"});
  EXPECT_EQ(desk->list(now())[0]["count"], 1);
  Standing unknown;
  unknown.unknown_rules = {"process"};
  desk->hold(unknown, now());
  EXPECT_EQ(after(200), Texts{});
  desk->hold({}, now());
  EXPECT_EQ(after(200), Texts{"desk: cleared process"});
  EXPECT_EQ(desk->list(now()).size(), 1);  // nobody has acknowledged it
}

TEST_F(DeskTest, NothingIsLostAndNothingRepeatedAcrossARestart) {
  open();
  tell(What::Began, signal("breach", "told"));
  after(3);
  tell(What::Began, signal("breach", "on its way"));
  ++now_s;
  desk->due(now());
  ++now_s;
  ASSERT_EQ(desk->due(now()).size(), 1);  // given out; nobody knows what became of it
  const Json saved = Json::parse(desk->save().dump());
  open();
  desk->load(saved);
  EXPECT_EQ(after(50), Texts{"desk: raised breach/on its way"});
  tell(What::Ended, signal("breach", "told"));
  EXPECT_EQ(after(150), Texts{"desk: cleared breach/told"});
}

TEST_F(DeskTest, AClockThatIsSetBackHoldsNothingUp) {
  open();
  tell(What::Began, signal("breach", "day"));
  after(1, "down");
  now_s -= 86'400;
  EXPECT_FALSE(after(3).empty());
}

TEST_F(DeskTest, AMomentBackIsNoTimeThatHasPassed) {
  settings.escalate_after_s = 30;
  settings.group_s = 0;
  open();
  tell(What::Began, signal("breach", "day"));
  EXPECT_EQ(after(1), Texts{"desk: raised breach/day"});
  now_s -= 3;
  tell(What::Began, signal("breach", "day"));
  EXPECT_EQ(after(1), Texts{});
}

TEST_F(DeskTest, ThereIsRoomForSoMany) {
  open();
  for (int k = 0; k < 6'000; ++k) tell(What::Began, signal("breach", std::to_string(k)));
  EXPECT_EQ(desk->list(now()).size(), 5'001);
  const std::size_t messages = after(200).size();
  EXPECT_EQ(messages, 101);  // 50 in each
}

}  // namespace
}  // namespace bulwark::alerts
