// SPDX-License-Identifier: Apache-2.0
// The engine without any text around it: what `simulate` cannot say, and what must hold for hostile events.
#include <gtest/gtest.h>

#include "tests/core/desk.h"

namespace bulwark::core {
namespace {

TEST(Engine, ZeroedEventsAreRefused) {
  Desk desk;
  Event event{};
  event.t = desk.t;
  EXPECT_EQ(desk.engine.apply(event), EventError::UnknownCommand);
  event.type = EventType::Intent;
  ASSERT_EQ(desk.engine.apply(event), EventError::None);
  EXPECT_EQ(desk.engine.verdict().decision, Decision::Rejected);
  EXPECT_EQ(desk.engine.verdict().reason, Reason::Halted);  // a gate of zero is closed
}

TEST(Engine, TheGateGoesBeforeEverything) {
  Desk desk;
  for (const auto& [gate, reason] :
       {std::pair{Gate::JournalFull, Reason::JournalFull}, std::pair{Gate::LeaseExpired, Reason::LeaseExpired},
        std::pair{Gate::Halted, Reason::Halted}, std::pair{Gate::Closed, Reason::Halted}}) {
    Event event = desk.intent("g", Side::Buy, 1);
    event.intent.gate = gate;
    event.intent.symbol = SymbolIndex{99};
    ASSERT_EQ(desk.engine.apply(event), EventError::None);
    EXPECT_EQ(desk.engine.verdict().reason, reason);
  }
}

TEST(Engine, IndicesThatStandForNothingAreNobody) {
  Desk desk;
  Event event = desk.intent("a", Side::Buy, 1);
  event.intent.symbol = SymbolIndex{4'000'000'000};
  ASSERT_EQ(desk.engine.apply(event), EventError::None);
  EXPECT_EQ(desk.engine.verdict().reason, Reason::UnknownSymbol);
  event.intent.strategy = StrategyIndex{60'000};
  ASSERT_EQ(desk.engine.apply(event), EventError::None);
  EXPECT_EQ(desk.engine.verdict().reason, Reason::UnknownStrategy);
  event.intent.account = AccountIndex{60'000};
  ASSERT_EQ(desk.engine.apply(event), EventError::None);
  EXPECT_EQ(desk.engine.verdict().reason, Reason::UnknownAccount);
}

TEST(Engine, AFullOrderTableRefusesAndTheNextSessionHasRoomAgain) {
  Desk desk({.orders = 4});
  for (const char* id : {"a", "b", "c", "d"}) EXPECT_EQ(desk.ask(id, Side::Buy, 1), Decision::Accepted);
  EXPECT_EQ(desk.ask("e", Side::Buy, 1), Decision::Rejected);
  EXPECT_EQ(desk.engine.verdict().reason, Reason::JournalFull);
  for (const char* id : {"a", "b", "c", "d"}) desk.done(id);
  EXPECT_EQ(desk.ask("e", Side::Buy, 1), Decision::Rejected) << "ids of done orders are kept for the session";
  desk.t = {2 * 86'400'000'000'000};
  desk.mark("100");
  for (const char* id : {"a", "b", "c", "d"}) EXPECT_EQ(desk.ask(id, Side::Buy, 1), Decision::Accepted) << id;
}

TEST(Engine, RulesTakenOverAgainChangeNothing) {
  Desk one, two;
  for (Desk* desk : {&one, &two}) {
    EXPECT_EQ(desk->ask("a", Side::Buy, 60), Decision::Accepted);
    desk->fill("a", "e", 20);
  }
  two.engine.adopt(two.rules);
  for (Desk* desk : {&one, &two}) {
    EXPECT_EQ(desk->ask("b", Side::Buy, 41), Decision::Rejected);
    EXPECT_EQ(desk->ask("c", Side::Buy, 40), Decision::Accepted);
    EXPECT_EQ(desk->ask("a", Side::Buy, 1), Decision::Rejected);
    EXPECT_EQ(desk->engine.verdict().reason, Reason::DuplicateId);
  }
}

TEST(Engine, AReloadKeepsPositionsUnderNewLimitsAndNewNames) {
  Desk desk;
  EXPECT_EQ(desk.ask("a", Side::Buy, 100), Decision::Accepted);
  desk.fill("a", "e", 100);
  desk.rules.instruments.insert(desk.rules.instruments.begin(), Instrument{"AAA", "Energy", "USD"});
  desk.rules.limits[0].max = static_cast<int128>(150) * unit;
  desk.engine.adopt(desk.rules);
  EXPECT_EQ(desk.ask("b", Side::Buy, 51), Decision::Rejected);
  EXPECT_EQ(desk.ask("c", Side::Buy, 50), Decision::Accepted);
}

TEST(Engine, AnErrorChangesNothingNotEvenTheTime) {
  Desk desk;
  const TimeNs before = desk.engine.now();
  Event event{};
  event.t = {before.ns + 1'000};
  event.type = EventType::Done;
  event.order.id = Id::from("nobody");
  EXPECT_EQ(desk.engine.apply(event), EventError::UnknownOrder);
  EXPECT_EQ(desk.engine.now(), before);
}

}  // namespace
}  // namespace bulwark::core
