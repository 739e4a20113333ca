// SPDX-License-Identifier: Apache-2.0
// The hot loop, pass by pass: who is answered what, what is in the journal by then, and what the board shows.
#include <gtest/gtest.h>

#include <random>

#include "tests/hot/desk.h"

namespace bulwark::hot {
namespace {

using namespace bulwark::test;
using shm::MessageKind;

const shm::PositionRow& position_row(const shm::Board& board, std::uint32_t place) {
  return reinterpret_cast<const shm::PositionRow*>(reinterpret_cast<const std::byte*>(&board) +
                                                   board.positions_offset)[place];
}

TEST(Loop, AnOrderIsJournaledAndAnswered) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  desk.records();
  const auto answer = desk.ask(c1, order("o1", 100));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->decision, Decision::Accepted);
  EXPECT_EQ(answer->quantity.raw, 100 * unit);
  const auto records = desk.records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].event.type, core::EventType::Intent);
  EXPECT_EQ(records[0].event.intent.client, c1.index);
  EXPECT_EQ(records[0].event.intent.id.view(), "o1");
  EXPECT_EQ(records[0].outcome.verdict.decision, Decision::Accepted);
}

TEST(Loop, ReportsAreAcceptedOrRefusedWithTheirError) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  desk.ask(c1, order("o1", 100));
  EXPECT_EQ(desk.ask(c1, report(MessageKind::Ack, "o1"))->decision, Decision::Accepted);
  EXPECT_EQ(desk.ask(c1, fill("o1", "e1", 40))->decision, Decision::Accepted);
  EXPECT_EQ(desk.ask(c1, report(MessageKind::Cancel, "o1"))->decision, Decision::Accepted);
  EXPECT_EQ(desk.ask(c1, report(MessageKind::Done, "o1"))->decision, Decision::Accepted);
  const auto answer = desk.ask(c1, report(MessageKind::Ack, "nobody's"));
  EXPECT_EQ(answer->decision, Decision::Rejected);
  EXPECT_EQ(static_cast<core::EventError>(answer->limit), core::EventError::UnknownOrder);
}

TEST(Loop, AnOrderOfNoAccountTakesItsStrategys) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  shm::Request request = order("o1", 1);
  request.account = AccountIndex::None;
  request.strategy = StrategyIndex{2};
  desk.records();
  EXPECT_EQ(desk.ask(c1, request)->decision, Decision::Accepted);
  EXPECT_EQ(desk.records()[0].event.intent.account, AccountIndex{2});
}

TEST(Loop, IndicesOutOfEveryTableAreUnknown) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  shm::Request request = order("o1", 1);
  request.symbol = SymbolIndex{0xffffffff};
  EXPECT_EQ(desk.ask(c1, request)->reason, Reason::UnknownSymbol);
  request = order("o2", 1);
  request.account = AccountIndex{0xffff};
  EXPECT_EQ(desk.ask(c1, request)->reason, Reason::UnknownAccount);
  request = order("o3", 1);
  request.strategy = StrategyIndex{0xffff};
  EXPECT_EQ(desk.ask(c1, request)->reason, Reason::UnknownStrategy);
  request.account = AccountIndex::None;
  EXPECT_EQ(desk.ask(c1, request)->decision, Decision::Rejected);
}

TEST(Loop, WithoutALeaseNothingIsAccepted) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  desk.ask(c1, order("o1", 10));
  desk.page->lease_until_ns.store(shm::monotonic_now().ns - 1);
  EXPECT_EQ(desk.ask(c1, order("o2", 1))->reason, Reason::LeaseExpired);
  EXPECT_EQ(desk.ask(c1, fill("o1", "e1", 10))->decision, Decision::Accepted);  // what happened still happened
  desk.page->lease_until_ns.store(0);
  EXPECT_EQ(desk.ask(c1, order("o3", 1))->reason, Reason::LeaseExpired);
  desk.renew_lease();
  EXPECT_EQ(desk.ask(c1, order("o4", 1))->decision, Decision::Accepted);
}

TEST(Loop, ALeaseThatRanOutIsJournaledOnce) {
  Desk desk;
  shm::nap(milliseconds(2));
  desk.pass();
  desk.records();
  desk.page->lease_until_ns.store(1);
  for (int i = 0; i < 5; ++i) {
    shm::nap(milliseconds(2));
    desk.pass();
  }
  std::size_t lapses = 0;
  for (const auto& record : desk.records()) lapses += record.type == journal::RecordType::Lease ? 1 : 0;
  EXPECT_EQ(lapses, 1U);
}

TEST(Loop, ALeaseThatAWatchdogGaveBackIsNoLapse) {
  Desk desk;
  shm::nap(milliseconds(2));
  desk.pass();
  desk.records();
  desk.page->lease_until_ns.store(0);
  shm::nap(milliseconds(2));
  desk.pass();
  for (const auto& record : desk.records()) EXPECT_NE(record.type, journal::RecordType::Lease);
}

TEST(Loop, AFullJournalRefusesOrdersAndLetsReportsWait) {
  Desk desk(desk_rules(), 256);
  Desk::Party &c1 = desk.attach("c1"), &c2 = desk.attach("c2");
  ASSERT_EQ(desk.ask(c1, order("o0", 1))->decision, Decision::Accepted);
  int accepted = 0;
  std::optional<shm::Answer> answer;
  for (int i = 1; i < 200; ++i) {
    answer = desk.ask(c1, order("o" + std::to_string(i), 1));
    if (answer->decision != Decision::Accepted) break;
    ++accepted;
  }
  EXPECT_EQ(answer->reason, Reason::JournalFull);
  EXPECT_GT(accepted, 10);
  const auto ticket = desk.send(c1, fill("o0", "e1", 1));
  desk.pass(3);
  EXPECT_FALSE(c1.lane.poll(*ticket));
  EXPECT_EQ(desk.ask(c2, order("x", 1))->reason, Reason::JournalFull);
  shm::nap(milliseconds(2));
  desk.pass();
  EXPECT_EQ(desk.board.journal_health.load(), shm::JournalHealth::Full);
  desk.records();  // the disk has caught up
  desk.pass(2);
  ASSERT_TRUE(c1.lane.poll(*ticket));
  EXPECT_EQ(c1.lane.poll(*ticket)->decision, Decision::Accepted);
  EXPECT_EQ(desk.ask(c2, order("x", 1))->decision, Decision::Accepted);
  shm::nap(milliseconds(2));
  desk.pass();
  EXPECT_EQ(desk.board.journal_health.load(), shm::JournalHealth::Healthy);
}

TEST(Loop, AJournalThatFailedEndsPermissionForGood) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  desk.board.journal_health.store(shm::JournalHealth::Failed);
  shm::nap(milliseconds(2));
  desk.pass();
  EXPECT_EQ(desk.ask(c1, order("o1", 1))->reason, Reason::JournalFull);
  EXPECT_EQ(desk.board.stop_request.load(), 1U);
  EXPECT_EQ(desk.board.journal_health.load(), shm::JournalHealth::Failed);
}

TEST(Loop, OneWhoFloodsGetsHisShareOfAPassAndNoMore) {
  Desk desk;
  Desk::Party &flooder = desk.attach("flooder"), &other = desk.attach("other");
  std::vector<shm::LaneClient::Ticket> tickets;
  for (int i = 0; i < 60; ++i) tickets.push_back(*desk.send(flooder, order("o" + std::to_string(i), 1)));
  const auto ticket = desk.send(other, order("o", 1));
  desk.pass();
  EXPECT_TRUE(other.lane.poll(*ticket));
  std::size_t answered = 0;
  for (const auto& mine : tickets) answered += flooder.lane.poll(mine) ? 1 : 0;
  EXPECT_EQ(answered, 8U);
}

TEST(Loop, ClientsKeepTheirIndexAndTheirLane) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  const std::uint32_t shown = desk.board.clients.count.load();
  EXPECT_EQ(desk.loop.client_index(Name::from("c1")), c1.index);
  EXPECT_NE(desk.loop.client_index(Name::from("c2")), c1.index);
  EXPECT_EQ(desk.board.clients.count.load(), shown + 1);
  EXPECT_FALSE(desk.loop.admit({c1.index, {}, {}}, *c1.memory));  // one lane at a time
  EXPECT_FALSE(desk.loop.admit({ClientIndex::None, {}, {}}, *c1.memory));
}

TEST(Loop, WhatADeadClientReportedCountsAndWhatItAskedDoesNot) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  desk.ask(c1, order("o1", 10));
  const auto reported = desk.send(c1, fill("o1", "e1", 10));
  const auto asked = desk.send(c1, order("o2", 10));
  const auto reported_too = desk.send(c1, report(MessageKind::Done, "o1"));
  desk.loop.retire(c1.index);
  EXPECT_EQ(c1.lane.poll(*reported)->decision, Decision::Accepted);
  EXPECT_EQ(c1.lane.poll(*asked)->decision, Decision::Rejected);
  EXPECT_EQ(c1.lane.poll(*reported_too)->decision, Decision::Accepted);
  const auto& cell = desk.engine.book().cell(core::View::Portfolio, 0, SymbolIndex{1});
  EXPECT_EQ(cell.position, 10 * unit);
  EXPECT_EQ(cell.working_buy, 0);
  const auto later = c1.lane.send(order("o3", 10), true);
  desk.pass(3);
  EXPECT_FALSE(c1.lane.poll(*later));
  EXPECT_TRUE(desk.loop.admit({c1.index, {}, {}}, *desk.attach("c2").memory));
}

TEST(Loop, ReservationsOfADeadClientStay) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  desk.ask(c1, order("o1", 60'000));
  desk.loop.retire(c1.index);
  Desk::Party& c2 = desk.attach("c2");
  EXPECT_EQ(desk.ask(c2, order("o1", 60'000))->reason, Reason::Limit);
}

TEST(Loop, ACancelRequestReachesItsOwnerAndWaitsForRoom) {
  Desk desk;
  Desk::Party &c1 = desk.attach("c1"), &c2 = desk.attach("c2");
  desk.ask(c1, order("in", 200));
  desk.ask(c1, fill("in", "e1", 200));
  for (int i = 0; i < 100; ++i) {  // more than a lane's ring of commands holds
    shm::Request reducing = order("r" + std::to_string(i), 1, Side::Sell);
    reducing.reduce_only = true;
    ASSERT_EQ(desk.ask(c1, reducing)->decision, Decision::Accepted);
  }
  desk.ask(c2, order("out", 200, Side::Sell));
  ASSERT_EQ(desk.ask(c2, fill("out", "e1", 200))->decision, Decision::Accepted);
  std::size_t taken = 0;
  for (int i = 0; i < 10; ++i) {
    while (const auto command = c1.lane.next_command()) {
      EXPECT_EQ(command->kind, shm::CommandKind::Cancel);
      EXPECT_EQ(command->cause.view(), "reduce_only");
      EXPECT_EQ(command->id.view(), "r" + std::to_string(99 - taken));
      ++taken;
    }
    desk.pass();
  }
  EXPECT_EQ(taken, 100U);
  EXPECT_FALSE(c2.lane.next_command());
}

TEST(Loop, TheBoardShowsPositionsAndCounts) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  desk.ask(c1, order("o1", 100));
  desk.ask(c1, fill("o1", "e1", 40, 11));
  desk.ask(c1, order("o2", 1'000'000));
  shm::nap(milliseconds(2));
  desk.pass(5);
  ASSERT_EQ(desk.board.positions_count.load(), 1U);
  const shm::PositionRow& row = position_row(desk.board, 0);
  EXPECT_EQ(row.sequence.load() % 2, 0U);
  EXPECT_EQ(row.symbol, 1U);
  EXPECT_EQ(row.position, 40 * unit);
  EXPECT_EQ(row.working_buy, 60 * unit);
  EXPECT_EQ(row.average_cost, 11 * unit);
  EXPECT_EQ(static_cast<std::int64_t>(row.unrealised[0]), -40 * unit);
  EXPECT_EQ(desk.board.intents.load(), 2U);
  EXPECT_EQ(desk.board.accepted.load(), 1U);
  EXPECT_EQ(desk.board.refused.load(), 1U);
  desk.mark(SymbolIndex{1}, 12);  // a mark touches no row, and yet its profit is shown
  shm::nap(milliseconds(2));
  desk.pass(5);
  EXPECT_EQ(static_cast<std::int64_t>(row.unrealised[0]), 40 * unit);
}

core::Rules rules_that_follow_the_market() {
  core::Rules rules = desk_rules();
  rules.dynamic.emplace();
  rules.dynamic->ladders[at(MarketInput::Drawdown)] = {{unit / 100'000, unit / 2}};
  return rules;
}

TEST(Loop, TheBoardSaysWhatSizesAreLeftAndWhy) {
  Desk desk(rules_that_follow_the_market());
  Desk::Party& c1 = desk.attach("c1");
  const auto show = [&] {
    shm::nap(milliseconds(2));
    desk.pass(5);
  };
  show();
  EXPECT_EQ(desk.board.market_factor.load(), static_cast<std::uint64_t>(unit));
  EXPECT_EQ(desk.board.market_inputs.load(), 0U);
  desk.ask(c1, order("o1", 100));
  desk.ask(c1, fill("o1", "e1", 100, 11));  // a loss of 100 of 2,000,000
  show();
  EXPECT_EQ(desk.board.market_factor.load(), static_cast<std::uint64_t>(unit / 2));
  EXPECT_EQ(desk.board.market_inputs.load(), 1U << at(MarketInput::Drawdown));
}

TEST(Loop, TimePassesWhenNothingHappens) {
  Desk desk;
  shm::nap(milliseconds(120));
  desk.records();
  desk.pass();
  const auto records = desk.records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].event.type, core::EventType::Clock);
  desk.pass();
  EXPECT_TRUE(desk.records().empty());
}

TEST(Loop, ItBeatsAndSaysHowLongAPassTook) {
  Desk desk;
  shm::nap(milliseconds(3));
  const std::int64_t before = shm::monotonic_now().ns;
  desk.pass();
  EXPECT_GE(desk.board.beat_ns.load(), before);
  EXPECT_GE(desk.board.loop_ns_max.load(), 3'000'000U);
}

// The journal of whatever was asked, in any order, replays to the same verdicts.
TEST(Loop, TheJournalReplaysToTheSameVerdicts) {
  Desk desk;
  Desk::Party &c1 = desk.attach("c1"), &c2 = desk.attach("c2");
  core::Engine again(desk.rules);
  std::mt19937 random(7);
  std::size_t verdicts = 0;
  for (int i = 0; i < 20'000; ++i) {
    Desk::Party& party = random() % 2 == 0 ? c1 : c2;
    const std::string id = "o" + std::to_string(random() % 400);
    shm::Request request;
    switch (random() % 6) {
      case 0: request = report(MessageKind::Done, id); break;
      case 1: request = fill(id, "e" + std::to_string(random() % 5), 1 + random() % 300, 9 + random() % 3); break;
      case 2:
        request = report(MessageKind::Replace, id);
        request.other = Id::from("o" + std::to_string(random() % 400));
        request.quantity = {static_cast<std::int64_t>(1 + random() % 500) * unit};
        request.no_price = true;
        break;
      default: request = order(id, 1 + random() % 30'000, random() % 2 == 0 ? Side::Buy : Side::Sell); break;
    }
    if (random() % 50 == 0) desk.mark(SymbolIndex{random() % 2 == 0 ? 1U : 2U}, 9 + random() % 3);
    ASSERT_TRUE(desk.ask(party, request));
    if (i % 500 != 499) continue;
    for (const auto& record : desk.records()) {
      if (!journal::is_event(record.type)) continue;
      ASSERT_EQ(again.apply(record.event), record.outcome.error) << record.sequence;
      if (!record.outcome.has_verdict) continue;
      ++verdicts;
      ASSERT_EQ(again.verdict().decision, record.outcome.verdict.decision) << record.sequence;
      ASSERT_EQ(again.verdict().reason, record.outcome.verdict.reason) << record.sequence;
      ASSERT_EQ(again.verdict().quantity, record.outcome.verdict.quantity) << record.sequence;
    }
  }
  EXPECT_GT(verdicts, 10'000U);
}

}  // namespace
}  // namespace bulwark::hot
