// SPDX-License-Identifier: Apache-2.0
// Strict mode: nobody hears of anything that a power cut could still take back.
#include <gtest/gtest.h>

#include "tests/hot/desk.h"

namespace bulwark::hot {
namespace {

using namespace test;

class Strict : public testing::Test {
protected:
  Desk desk{desk_rules(), 1U << 16U, true};
  Desk::Party &c1 = desk.attach("c1"), &c2 = desk.attach("c2");
};

TEST_F(Strict, AnAnswerWaitsUntilItsRecordIsDurable) {
  const auto ticket = desk.send(c1, order("o1", 1));
  desk.pass(20);
  EXPECT_FALSE(c1.lane.poll(*ticket));
  const auto records = desk.records();  // written, and given back: durable
  ASSERT_FALSE(records.empty());
  EXPECT_EQ(records.back().outcome.verdict.decision, Decision::Accepted);  // decided once, and before
  desk.pass();
  const auto answer = c1.lane.poll(*ticket);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->decision, Decision::Accepted);
  EXPECT_EQ(answer->quantity.raw, unit);
}

TEST_F(Strict, OneCommitAnswersEveryLane) {
  const auto first = desk.send(c1, order("o1", 1)), second = desk.send(c2, order("o2", 2));
  desk.pass(3);
  EXPECT_FALSE(c1.lane.poll(*first));
  EXPECT_FALSE(c2.lane.poll(*second));
  desk.records();
  desk.pass();
  EXPECT_TRUE(c1.lane.poll(*first));
  EXPECT_TRUE(c2.lane.poll(*second));
}

TEST_F(Strict, ReportsAndQuestionsWaitToo) {
  const auto asked = desk.send(c1, order("o1", 10));
  desk.pass();
  desk.records();
  desk.pass();
  ASSERT_TRUE(c1.lane.poll(*asked));
  const auto filled = desk.send(c1, fill("o1", "e1", 4));
  desk.pass(5);
  EXPECT_FALSE(c1.lane.poll(*filled));
  desk.records();
  desk.pass();
  ASSERT_TRUE(c1.lane.poll(*filled));
  EXPECT_EQ(c1.lane.poll(*filled)->decision, Decision::Accepted);
}

TEST_F(Strict, AJournalThatFailsAnswersNothingThatItDoesNotHold) {
  const auto ticket = desk.send(c1, order("o1", 1));
  desk.pass();
  desk.board.journal_health.store(shm::JournalHealth::Failed);
  shm::nap(milliseconds(2));
  desk.pass(20);
  EXPECT_FALSE(c1.lane.poll(*ticket));
  EXPECT_EQ(desk.board.stop_request.load(), 1U);
}

TEST_F(Strict, ALoopWithAnAnswerToGiveDoesNotSleep) {
  desk.send(c1, order("o1", 1));
  desk.pass();
  desk.loop.sleep_if_idle();  // would never come back: nobody wakes it
  desk.records();
  desk.pass();
  SUCCEED();
}

}  // namespace
}  // namespace bulwark::hot
