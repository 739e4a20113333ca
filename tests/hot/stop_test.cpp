// SPDX-License-Identifier: Apache-2.0
// Stops on their way from the kill page into the engine: whole and in a scope, said late, never, or in nonsense.
#include <gtest/gtest.h>

#include "tests/hot/desk.h"

namespace bulwark::hot {
namespace {

using namespace bulwark::test;

shm::StopDetails stop_of(const char* reason) {
  shm::StopDetails details;
  details.reason = Sentence::from(reason);
  details.operator_name = Name::from("mira");
  return details;
}

shm::StopDetails stop_of_account(const char* account) {
  shm::StopDetails details = stop_of("scoped");
  details.whole = false;
  details.account = Name::from(account);
  return details;
}

const Scope everything{}, account1{{}, {}, AccountIndex{1}, {}, {}, 0};

TEST(Stop, HoldsBeforeTheNextOrderIsAnswered) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  const auto before = desk.ask(c1, order("o1", 1));
  EXPECT_EQ(before->epoch, 0U);
  desk.records();
  shm::stop(*desk.page, stop_of("fat finger"));
  const auto after = desk.ask(c1, order("o2", 1));
  EXPECT_EQ(after->reason, Reason::Halted);
  EXPECT_EQ(after->epoch, 1U);
  EXPECT_EQ(desk.board.seen_permission.load(), shm::Permission{1}.stopped().word);
  EXPECT_TRUE(desk.halted_on_board(everything));
  const auto records = desk.records();
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].type, journal::RecordType::Stop);
  EXPECT_EQ(records[0].note.a, shm::Permission{1}.stopped().word);
  EXPECT_EQ(records[1].event.control.command, core::Command::Halt);
  EXPECT_EQ(records[1].event.control.reason.view(), "fat finger");
  EXPECT_EQ(records[1].event.control.operator_name.view(), "mira");
  EXPECT_EQ(records[2].event.intent.id.view(), "o2");
  EXPECT_EQ(desk.board.stop_request.load(), 0U);  // it is stopped already: nothing to ask for
}

TEST(Stop, HoldsEvenBeforeItHasSaidWhy) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  desk.page->permission.store(shm::Permission{1}.stopped().word);
  EXPECT_EQ(desk.ask(c1, order("o1", 1))->reason, Reason::Halted);
  EXPECT_EQ(desk.board.seen_permission.load(), 1U);  // not taken over yet
  shm::write_entry(*desk.page, 1, stop_of("said late"));
  desk.pass();
  EXPECT_EQ(desk.board.seen_permission.load(), 2U);
  EXPECT_TRUE(desk.halted_on_board(everything));
}

TEST(Stop, EndsWithTheEnginesResumeAndThePages) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  shm::stop(*desk.page, stop_of("fat finger"));
  desk.pass();
  core::ControlEvent resume{};
  resume.command = core::Command::Resume;
  EXPECT_EQ(desk.loop.control(resume), core::EventError::NameNeeded);
  resume.operator_name = Name::from("mira");
  resume.reason = Sentence::from("checked");
  EXPECT_EQ(desk.loop.control(resume), core::EventError::None);
  EXPECT_FALSE(desk.halted_on_board(everything));
  EXPECT_EQ(desk.ask(c1, order("o1", 1))->reason, Reason::Halted);  // the page is not resumed
  ASSERT_TRUE(shm::resume(*desk.page, shm::permission_of(*desk.page)));
  const auto answer = desk.ask(c1, order("o2", 1));
  EXPECT_EQ(answer->decision, Decision::Accepted);
  EXPECT_EQ(answer->epoch, 1U);
  EXPECT_EQ(desk.board.seen_permission.load(), 3U);
}

TEST(Stop, ThePagesResumeAloneIsNotEnough) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  shm::stop(*desk.page, stop_of("fat finger"));
  desk.pass();
  ASSERT_TRUE(shm::resume(*desk.page, shm::permission_of(*desk.page)));
  EXPECT_EQ(desk.ask(c1, order("o1", 1))->reason, Reason::Halted);
}

TEST(Stop, InAScopeStopsThatAndNothingElse) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  shm::stop(*desk.page, stop_of_account("ACC1"));
  EXPECT_EQ(desk.ask(c1, order("o1", 1))->reason, Reason::Halted);
  shm::Request other = order("o2", 1);
  other.account = AccountIndex{2};
  const auto answer = desk.ask(c1, other);
  EXPECT_EQ(answer->decision, Decision::Accepted);
  EXPECT_EQ(answer->epoch, 1U);
  EXPECT_TRUE(desk.halted_on_board(account1));
  EXPECT_FALSE(desk.halted_on_board(everything));
  EXPECT_EQ(desk.board.seen_permission.load(), shm::Permission{1}.stopped_in_scope().word);
}

TEST(Stop, InAScopeThatIsNotSaidYetLetsTheLanesWait) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  desk.page->permission.store(shm::Permission{1}.stopped_in_scope().word);
  const auto ticket = desk.send(c1, order("o1", 1));
  desk.pass(3);
  EXPECT_FALSE(c1.lane.poll(*ticket));
  shm::write_entry(*desk.page, 1, stop_of_account("ACC2"));
  desk.pass();
  ASSERT_TRUE(c1.lane.poll(*ticket));
  EXPECT_EQ(c1.lane.poll(*ticket)->decision, Decision::Accepted);
}

TEST(Stop, ThatNeverSaysWhatItIsAboutIsOneOfEverything) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  desk.page->permission.store(shm::Permission{1}.stopped_in_scope().word);
  const auto ticket = desk.send(c1, order("o1", 1));
  desk.pass();
  shm::nap(milliseconds(12));
  desk.pass(2);
  ASSERT_TRUE(c1.lane.poll(*ticket));
  EXPECT_EQ(c1.lane.poll(*ticket)->reason, Reason::Halted);
  EXPECT_TRUE(desk.halted_on_board(everything));
  EXPECT_EQ(desk.board.stop_request.load(), 1U);
}

TEST(Stop, InAnUnknownScopeIsOneOfEverything) {
  Desk desk;
  desk.attach("c1");
  shm::stop(*desk.page, stop_of_account("NOBODY"));
  desk.pass();
  EXPECT_TRUE(desk.halted_on_board(everything));
  EXPECT_EQ(desk.board.stop_request.load(), 1U);
}

TEST(Stop, OfAClientThatIsYetToComeWaitsForIt) {
  Desk desk;
  shm::StopDetails details = stop_of("not him");
  details.whole = false;
  details.client = Name::from("late");
  shm::stop(*desk.page, details);
  desk.pass();
  Desk::Party &late = desk.attach("late"), &other = desk.attach("other");
  EXPECT_EQ(desk.ask(late, order("o1", 1))->reason, Reason::Halted);
  EXPECT_EQ(desk.ask(other, order("o1", 1))->decision, Decision::Accepted);
}

TEST(Stop, SeveralAreAllTakenOver) {
  Desk desk;
  desk.attach("c1");
  shm::stop(*desk.page, stop_of_account("ACC2"));
  shm::stop(*desk.page, stop_of_account("ACC1"));
  desk.pass();
  EXPECT_TRUE(desk.halted_on_board(account1));
  EXPECT_TRUE(desk.halted_on_board({{}, {}, AccountIndex{2}, {}, {}, 0}));
  EXPECT_EQ(desk.board.seen_permission.load() >> 1U, 2U);
}

TEST(Stop, WhatCannotBePrintedIsNotJournaled) {
  Desk desk;
  shm::StopDetails details = stop_of("bad\nword\x1b[2J");
  shm::stop(*desk.page, details);
  desk.records();
  desk.pass();
  EXPECT_EQ(desk.records()[1].event.control.reason.view(), "bad?word?[2J");
}

TEST(Stop, WhileNobodyLookedIsTakenOverAtStart) {
  Desk first;
  shm::stop(*first.page, stop_of_account("ACC1"));
  shm::stop(*first.page, stop_of("everything"));
  Zeroed<shm::KillPage> fresh;  // the page of a next life: stopped, its epochs go on
  fresh->permission.store(9 << 1);
  shm::write_entry(*fresh, 9, stop_of("the sidecar died"));
  Calls calls(first.board.sleeping);
  Loop next({first.engine, first.ring.producer(100), *fresh, first.publisher, calls, false, 2'000'000'000'000, 0, {}});
  next.take_over_at_start();
  EXPECT_TRUE(first.halted_on_board(everything));
  EXPECT_EQ(first.board.seen_permission.load(), 9U << 1U);
}

TEST(Stop, ALimitThatHaltsEverythingAsksForTheStop) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  desk.ask(c1, order("o1", 1'000));
  desk.ask(c1, fill("o1", "e1", 1'000, 10));
  EXPECT_EQ(desk.board.stop_request.load(), 0U);
  desk.mark(SymbolIndex{1}, 8);  // a loss of 2,000
  EXPECT_EQ(desk.board.stop_request.load(), 1U);
  EXPECT_EQ(desk.board.stop_cause.view(), "loss");
  EXPECT_TRUE(desk.halted_on_board(everything));
  EXPECT_EQ(desk.ask(c1, order("o2", 1))->reason, Reason::Halted);
  desk.mark(SymbolIndex{1}, 7);
  EXPECT_EQ(desk.board.stop_request.load(), 1U);  // asked for once
}

}  // namespace
}  // namespace bulwark::hot
