// SPDX-License-Identifier: Apache-2.0
// Both ends of a lane on one in-process buffer: alone in turn, and between two threads (which ThreadSanitizer judges).
#include "shm/lane.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "shm/lane_server.h"

using namespace bulwark;
using namespace bulwark::shm;

namespace {

Request intent(std::string id, std::int64_t quantity = 1) {
  Request request;
  request.kind = MessageKind::Intent;
  request.side = Side::Sell;
  request.quantity = {quantity};
  request.id = Id::from(id);
  return request;
}

// A message of one, two or three lines, told apart by its number.
Request numbered(std::uint64_t i) {
  Request request = intent("o" + std::to_string(i), static_cast<std::int64_t>(i));
  if (i % 3 == 0) return request;
  request.kind = MessageKind::Fill;
  request.other = Id::from(std::string(i % 3 == 1 ? 5 : 64, 'e'));
  if (i % 3 == 2) request.id = Id::from(std::to_string(i) + std::string(64 - std::to_string(i).size(), '.'));
  request.fee = {static_cast<int128>(i) << 32};
  return request;
}

Answer yes(std::int64_t quantity) {
  Answer answer;
  answer.decision = Decision::Accepted;
  answer.quantity = {quantity};
  return answer;
}

struct Pair {
  std::unique_ptr<Lane> lane = std::make_unique<Lane>();
  LaneClient client{*lane};
  LaneServer server{*lane};
};

}  // namespace

TEST(Lane, TheAnswerComesInTheRequestsOwnLine) {
  Pair pair;
  Request got;
  EXPECT_FALSE(pair.server.poll(got));
  const auto ticket = pair.client.send(intent("a", 7), false);
  ASSERT_TRUE(ticket);
  EXPECT_FALSE(pair.client.poll(*ticket));
  EXPECT_TRUE(pair.server.waiting());
  ASSERT_TRUE(pair.server.poll(got));
  EXPECT_EQ(got.id.view(), "a");
  pair.server.answer(yes(got.quantity.raw));
  EXPECT_FALSE(pair.server.waiting());
  const auto answer = pair.client.poll(*ticket);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->quantity.raw, 7);
  EXPECT_EQ(LineState::of(pair.lane->lines[1].state.load()).kind, MessageKind::Answer);  // the first line is number 1
}

TEST(Lane, IsFullAtOnceWhenNobodyAnswers) {
  Pair pair;
  for (std::size_t i = 0; i < lane_line_count; ++i) ASSERT_TRUE(pair.client.send(intent("x"), false)) << i;
  EXPECT_FALSE(pair.client.send(intent("x"), false));
  Request got;
  ASSERT_TRUE(pair.server.poll(got));
  pair.server.answer(yes(1));
  EXPECT_FALSE(pair.client.send(numbered(2), false)) << "three lines do not fit into one";
  EXPECT_TRUE(pair.client.send(intent("x"), false));
}

TEST(Lane, ALineWhoseAnswerIsLateStaysQuarantined) {
  Pair pair;
  const auto late = pair.client.send(intent("late"), false);  // the client gives up on it
  for (std::size_t i = 1; i < lane_line_count; ++i) ASSERT_TRUE(pair.client.send(intent("x"), false));
  EXPECT_FALSE(pair.client.send(intent("next"), false)) << "the line of the late one must not be written again";
  Request got;
  ASSERT_TRUE(pair.server.poll(got));
  EXPECT_EQ(got.id.view(), "late");
  pair.server.answer(yes(99));
  const auto next = pair.client.send(intent("next"), false);
  ASSERT_TRUE(next);
  EXPECT_FALSE(pair.client.poll(*next)) << "the late answer is not the answer to this one";
  EXPECT_FALSE(pair.client.poll(*late)) << "its line belongs to another now";
}

TEST(Lane, GarbageIsCountedAndRefusedAndTheNextIsServed) {
  Pair pair;
  Request got;
  LaneLine& first = pair.lane->lines[1];
  first.state.store(LineState{1, MessageKind{9}, 1, 1, 1}.word());  // an unknown kind in turn: refused, counted as one
  EXPECT_FALSE(pair.server.poll(got));
  EXPECT_EQ(pair.server.malformed_count(), 1U);
  EXPECT_EQ(decode(AnswerLine{first.state.load(), {}}).decision, Decision::Rejected);
  pair.lane->lines[2].state.store(LineState{77, MessageKind::Intent, 1, 1, 1}.word());  // a number out of turn: no turn
  EXPECT_FALSE(pair.server.poll(got));
  EXPECT_EQ(pair.server.malformed_count(), 2U);
  EXPECT_FALSE(pair.server.poll(got));
  EXPECT_EQ(pair.server.malformed_count(), 2U) << "it is answered, and not looked at again";
  pair.lane->lines[2].state.store(LineState{2, MessageKind::Fill, 0, 1, 200}.word());  // more lines than there may be
  EXPECT_FALSE(pair.server.poll(got));
  pair.lane->lines[3].state.store(LineState{3, MessageKind::Fill, 0, 1, 2}.word());  // its continuation is not there
  EXPECT_FALSE(pair.server.poll(got));
  EXPECT_EQ(pair.server.malformed_count(), 4U);
  LineState good{4, MessageKind::Cancel, 0, 2, 1};
  const MessageLines lines = encode(
      [] {
        Request cancel = intent("ok");
        cancel.kind = MessageKind::Cancel;
        cancel.side = Side::None;
        return cancel;
      }(),
      4);
  EXPECT_EQ(lines.states[0], good.word());
  for (std::size_t i = 0; i < 7; ++i) pair.lane->lines[4].words[i].store(lines.words[0][i]);
  pair.lane->lines[4].state.store(lines.states[0]);
  ASSERT_TRUE(pair.server.poll(got));
  EXPECT_EQ(got.id.view(), "ok");
}

TEST(Lane, CommandsComeInOrderAndTheRingSaysWhenItIsFull) {
  Pair pair;
  EXPECT_FALSE(pair.client.next_command());
  for (std::size_t i = 0; i < command_line_count; ++i) {
    ASSERT_TRUE(pair.server.push_command({CommandKind::Cancel, Id::from(std::to_string(i)), Sentence::from("why")}));
  }
  EXPECT_FALSE(pair.server.push_command({CommandKind::Cancel, Id::from("more"), {}}));
  for (std::size_t i = 0; i < command_line_count; ++i) {
    const auto command = pair.client.next_command();
    ASSERT_TRUE(command);
    EXPECT_EQ(command->id.view(), std::to_string(i));
    EXPECT_EQ(command->cause.view(), "why");
  }
  EXPECT_FALSE(pair.client.next_command());
  EXPECT_TRUE(pair.server.push_command({CommandKind::Cancel, Id::from("more"), {}}));
  pair.lane->commands_read.store(~0ULL);  // a client that lies about what it has read
  EXPECT_FALSE(pair.server.push_command({CommandKind::Cancel, Id::from("never"), {}}));
}

// Many times round the ring, messages of one to three lines, several under way, checked one by one on both sides.
TEST(Lane, TwoThreads) {
  constexpr std::uint64_t messages = 60'000, under_way = 12;
  Pair pair;
  // Plain memory beside the lane: ThreadSanitizer finds a race in it where the lane's stores and loads do not order it.
  std::vector<std::uint64_t> sent_with(messages + 1), answered_with(messages + 1), commanded_with(messages + 1);
  std::thread sidecar([&] {
    for (std::uint64_t i = 1; i <= messages;) {
      Request got;
      if (!pair.server.poll(got)) {
        std::this_thread::yield();
        continue;
      }
      const Request sent = numbered(i);
      if (got.id.view() != sent.id.view() || !(got.other == sent.other) || got.quantity != sent.quantity ||
          got.fee != sent.fee || got.kind != sent.kind) {
        ADD_FAILURE() << "message " << i << " arrived as " << got.id.view();
      }
      EXPECT_EQ(sent_with[i], i);
      answered_with[i] = i;
      pair.server.answer(yes(static_cast<std::int64_t>(i * 2)));
      commanded_with[i] = i;
      if (i % 1000 == 0) {
        while (!pair.server.push_command({CommandKind::Cancel, got.id, Sentence::from(std::to_string(i))})) {
        }
      }
      ++i;
    }
  });
  std::vector<LaneClient::Ticket> tickets;
  std::uint64_t answered = 0, commands = 0;
  for (std::uint64_t i = 1; answered < messages;) {
    if (i <= messages && i - answered <= under_way) {
      sent_with[i] = i;
      if (const auto ticket = pair.client.send(numbered(i), i % 2 == 0)) tickets.push_back(*ticket), ++i;
    }
    if (answered < tickets.size()) {
      if (const auto answer = pair.client.poll(tickets[answered])) {
        ++answered;
        ASSERT_EQ(answer->quantity.raw, static_cast<std::int64_t>(answered * 2));
        EXPECT_EQ(answered_with[answered], answered);
      } else {
        std::this_thread::yield();
      }
    }
    if (const auto command = pair.client.next_command()) {
      ++commands;
      EXPECT_EQ(command->cause.view(), std::to_string(commands * 1000));
      EXPECT_EQ(commanded_with[commands * 1000], commands * 1000);
    }
  }
  sidecar.join();
  while (pair.client.next_command()) ++commands;
  EXPECT_EQ(commands, messages / 1000);
  EXPECT_EQ(pair.server.malformed_count(), 0U);
}
