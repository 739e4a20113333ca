// SPDX-License-Identifier: Apache-2.0
// A reload of the same rules, in the middle of whatever happens, is no event at all: nothing that the engine remembers
// is forgotten. An engine that takes its rules over again and again answers as one that never does.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/core/busy_desk.h"

namespace bulwark::core {
namespace {

// Estimates are added up anew by a reload, and differ in their last bits.
bool same(const Value& a, const Value& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == ValueKind::Fraction) return std::abs(a.fraction() - b.fraction()) <= std::abs(b.fraction()) * 1e-9;
  const int128 apart = magnitude(a.raw() - b.raw());
  return apart <= magnitude(b.raw()) / 1'000'000'000;
}

std::string told(const Engine& engine) {
  std::string text;
  for (const Line& line : engine.lines()) {
    text += "  type " + std::to_string(static_cast<int>(line.type)) + " limit " +
            engine.names().limits.name(line.limit) + " on " + std::to_string(at(line.on.symbol)) + "/" +
            std::to_string(at(line.on.account)) + " " + std::string(line.cause.view()) + "\n";
  }
  return text;
}

::testing::AssertionResult same(const Line& a, const Line& b) {
  const bool terms = a.order.side == b.order.side && a.order.market == b.order.market &&
                     a.order.quantity == b.order.quantity && a.order.price == b.order.price;
  const bool scaling = a.scaling.cause == b.scaling.cause && a.scaling.from == b.scaling.from &&
                       a.scaling.to == b.scaling.to && a.scaling.factor == b.scaling.factor;
  const bool names =
      a.type == b.type && a.state == b.state && a.client == b.client && a.limit == b.limit && a.on == b.on;
  if (names && terms && scaling && a.id == b.id && a.cause == b.cause && same(a.value, b.value) && same(a.max, b.max))
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "a line of type " << static_cast<int>(a.type) << ", cause " << a.cause.view()
                                       << ", limit " << static_cast<int>(a.limit) << "; reloaded "
                                       << static_cast<int>(b.type) << ", " << b.cause.view() << ", limit "
                                       << static_cast<int>(b.limit);
}

void expect_same_answer(const Engine& still, const Engine& reloaded) {
  ASSERT_EQ(still.has_verdict(), reloaded.has_verdict());
  if (still.has_verdict()) {
    const Verdict &a = still.verdict(), &b = reloaded.verdict();
    ASSERT_EQ(a.decision, b.decision) << static_cast<int>(a.limit) << " " << static_cast<int>(b.limit);
    ASSERT_EQ(a.reason, b.reason);
    ASSERT_EQ(a.limit, b.limit);
    ASSERT_EQ(a.on, b.on);
    ASSERT_EQ(a.quantity, b.quantity);
    ASSERT_TRUE(same(a.value, b.value) && same(a.max, b.max));
  }
  ASSERT_EQ(still.has_sized(), reloaded.has_sized());
  if (still.has_sized()) {
    ASSERT_EQ(still.sized(), reloaded.sized());
  }
  ASSERT_EQ(still.lines_before_verdict(), reloaded.lines_before_verdict()) << told(still) << "reloaded:\n"
                                                                           << told(reloaded);
  ASSERT_EQ(still.lines().size(), reloaded.lines().size()) << told(still) << "reloaded:\n" << told(reloaded);
  for (std::size_t k = 0; k < still.lines().size(); ++k) ASSERT_TRUE(same(still.lines()[k], reloaded.lines()[k])) << k;
}

void expect_same_book(Engine& still, Engine& reloaded) {
  ASSERT_EQ(still.latches().size(), reloaded.latches().size());
  for (const std::uint32_t row : still.book().live_rows) {
    const Row &a = still.book().rows[row], &b = reloaded.book().rows[row];
    ASSERT_EQ(a.position, b.position);
    ASSERT_EQ(a.working_buy, b.working_buy);
    ASSERT_EQ(a.working_sell, b.working_sell);
    ASSERT_TRUE(a.profit == b.profit && a.opening_profit == b.opening_profit && a.cost == b.cost);
  }
  const std::vector<Reading> before = still.readings(Kind::Breaker), after = reloaded.readings(Kind::Breaker);
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t k = 0; k < before.size(); ++k) {
    ASSERT_EQ(before[k].slot, after[k].slot);
    ASSERT_TRUE(same(before[k].value, after[k].value)) << before[k].limit;
    ASSERT_TRUE(
        same(still.shown_max(before[k].limit, before[k].slot), reloaded.shown_max(after[k].limit, after[k].slot)));
  }
}

TEST(Reload, OfTheSameRulesChangesNothing) {
  const Rules rules = BusyRules().rules;
  std::set<std::pair<LineType, LimitIndex>> told;
  std::size_t accepted = 0, scaled = 0;
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Capacity capacity{.orders = 1 << 13, .clients = 8, .latches = 64};
    Engine still(rules, capacity), reloaded(rules, capacity);
    BusyDay day(seed);
    std::mt19937_64 moment(seed);
    for (int k = 0; k < 1'500; ++k) {
      SCOPED_TRACE("event " + std::to_string(k));
      const Event event = k == 0 ? BusyDay::client() : day.next();
      ASSERT_EQ(still.apply(event), reloaded.apply(event));
      ASSERT_NO_FATAL_FAILURE(expect_same_answer(still, reloaded));
      if (moment() % 9 == 0) reloaded.adopt(rules);
      if (k % 50 == 0) {
        ASSERT_NO_FATAL_FAILURE(expect_same_book(still, reloaded));
      }
      for (const Line& line : still.lines()) told.insert({line.type, line.limit});
      accepted += still.has_verdict() && still.verdict().decision == Decision::Accepted;
      scaled += still.has_verdict() && still.verdict_shrinking().factor != unit;
    }
  }
  // Otherwise this has shown little.
  EXPECT_GT(accepted, 400U);
  EXPECT_GT(scaled, 100U);
  for (std::size_t limit = 1; limit <= rules.limits.size(); ++limit) {
    if (kind_of(rules.limits[limit - 1].metric) < Kind::Exposure) continue;
    EXPECT_TRUE(told.contains({LineType::Warning, LimitIndex(static_cast<std::uint32_t>(limit))}))
        << rules.limits[limit - 1].name;
  }
  for (const LineType type : {LineType::State, LineType::CancelRequest, LineType::Liquidation, LineType::Scale}) {
    EXPECT_TRUE(told.contains({type, LimitIndex::None})) << static_cast<int>(type);
  }
}

}  // namespace
}  // namespace bulwark::core
