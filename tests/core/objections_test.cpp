// SPDX-License-Identifier: Apache-2.0
// What a verdict stands on, for those who ask later: every limit that objected, the mark and the model that it was
// judged by.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/core/busy_desk.h"
#include "tests/core/desk.h"

namespace bulwark::core {
namespace {

Limit limit_of(const char* name, Metric metric, std::int64_t max, Action action = Action::Reject) {
  Limit limit;
  limit.name = name;
  limit.metric = metric;
  limit.max = int128{max} * unit;
  limit.action = action;
  return limit;
}

// Three that object to 200 units at 100, one that would and may only tell, one that does not.
Rules five_limits() {
  Rules rules = desk_rules();
  rules.limits = {limit_of("gross", Metric::Gross, 5'000), limit_of("told", Metric::Gross, 1'000, Action::Alert),
                  limit_of("position", Metric::Position, 100), limit_of("wide", Metric::Gross, 1'000'000),
                  limit_of("notional", Metric::OrderNotional, 10'000)};
  return rules;
}

std::vector<std::string> names_of(const Engine& engine) {
  std::vector<std::string> names;
  for (const Objection& objection : engine.objections()) names.push_back(engine.names().limits.name(objection.limit));
  return names;
}

struct FiveLimits : ::testing::Test {
  Desk desk;
  Engine engine{five_limits()};

  void SetUp() override {
    Event mark = desk.event(EventType::Mark);
    mark.mark = {1, 0, {0}, {0}, {100 * unit}};
    ASSERT_EQ(engine.apply(mark), EventError::None);
  }
  Decision ask(const char* id, std::int64_t quantity, Resize resize = Resize::AsConfigured) {
    Event intent = desk.intent(id, Side::Buy, quantity);
    intent.intent.resize = resize;
    EXPECT_EQ(engine.apply(intent), EventError::None);
    return engine.verdict().decision;
  }
};

TEST_F(FiveLimits, AllThatObjectAreToldByKindAndThenInTheOrderOfTheFile) {
  ASSERT_EQ(ask("a", 200), Decision::Rejected);
  EXPECT_EQ(names_of(engine), (std::vector<std::string>{"notional", "gross", "position"}));
  const std::span<const Objection> all = engine.objections();
  EXPECT_EQ(all[0].limit, engine.verdict().limit);
  EXPECT_TRUE(all[0].value == Value::of(ValueKind::Money, int128{20'000} * unit));
  EXPECT_TRUE(all[1].max == Value::of(ValueKind::Money, int128{5'000} * unit));
  EXPECT_TRUE(all[2].value == Value::of(ValueKind::Quantity, int128{200} * unit));
  EXPECT_EQ(all[2].on.symbol, SymbolIndex{1});
}

TEST_F(FiveLimits, AResizedOrderHasThoseAgainstWhatWasAskedFor) {
  ASSERT_EQ(ask("a", 200, Resize::Allowed), Decision::Resized);
  EXPECT_EQ(engine.verdict().quantity.raw, 50 * unit);
  EXPECT_EQ(names_of(engine), (std::vector<std::string>{"notional", "gross", "position"}));
}

TEST_F(FiveLimits, NothingIsSaidWhereNoLimitObjected) {
  ASSERT_EQ(ask("a", 200), Decision::Rejected);
  EXPECT_EQ(ask("b", 50), Decision::Accepted);
  EXPECT_TRUE(engine.objections().empty());
  ASSERT_EQ(ask("c", 200), Decision::Rejected);
  EXPECT_EQ(ask("b", 200), Decision::Rejected);  // the id is taken: no limit has a say
  EXPECT_EQ(engine.verdict().reason, Reason::DuplicateId);
  EXPECT_TRUE(engine.objections().empty());
  ASSERT_EQ(ask("d", 200), Decision::Rejected);
  ASSERT_EQ(engine.apply(desk.event(EventType::Clock)), EventError::None);
  EXPECT_TRUE(engine.objections().empty());
}

TEST_F(FiveLimits, TheBasisIsTheMarkThatTheOrderWasJudgedBy) {
  desk.t = {desk.t.ns + 7};
  ASSERT_EQ(ask("a", 1), Decision::Accepted);
  EXPECT_EQ(engine.basis().reference.raw, 100 * unit);
  EXPECT_EQ(engine.basis().marked.ns, desk.t.ns - 7);
  EXPECT_EQ(engine.basis().model, 0U);
}

TEST(Objections, OnABusyDeskTheFirstIsWhatTheVerdictNames) {
  const Rules rules = BusyRules().rules;
  Engine engine(rules, {.orders = 1 << 13, .clients = 8, .latches = 64});
  std::map<LimitIndex, std::uint32_t> place;  // kinds in their order, and in a kind the file
  for (const Limit& limit : rules.limits) {
    const LimitIndex index = engine.names().limits.find(limit.name);
    place[index] = static_cast<std::uint32_t>(kind_of(limit.metric)) << 16 | static_cast<std::uint32_t>(index);
  }
  std::size_t several = 0;
  BusyDay day(3);
  for (int k = 0; k < 20'000; ++k) {
    engine.apply(k == 0 ? BusyDay::client() : day.next());
    const std::span<const Objection> all = engine.objections();
    if (!engine.has_verdict()) {
      ASSERT_TRUE(all.empty());
      continue;
    }
    const Verdict& verdict = engine.verdict();
    EXPECT_EQ(engine.basis().model, version_of(*rules.model));
    ASSERT_EQ(all.empty(), verdict.limit == LimitIndex::None);
    if (all.empty()) continue;
    EXPECT_EQ(all[0].limit, verdict.limit);
    EXPECT_EQ(all[0].on, verdict.on);
    EXPECT_TRUE(all[0].value == verdict.value && all[0].max == verdict.max);
    const auto before = [&](const Objection& a, const Objection& b) { return place.at(a.limit) < place.at(b.limit); };
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), before));
    for (const Objection& objection : all) {
      EXPECT_NE(rules.limits[at(objection.limit) - 1].action, Action::Alert);
      const Value &value = objection.value, &max = objection.max;
      if (value.kind == ValueKind::Null) continue;
      EXPECT_TRUE(value.kind == ValueKind::Fraction ? value.fraction() >= max.fraction() : value.raw() >= max.raw())
          << engine.names().limits.name(objection.limit);
    }
    several += all.size() > 1;
  }
  EXPECT_GT(several, 500U);
}

}  // namespace
}  // namespace bulwark::core
