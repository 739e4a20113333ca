// SPDX-License-Identifier: Apache-2.0
// The bytes of a message against the drawing in shm/layout.h, every length there and back, and what must be refused.
#include "shm/lane_message.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "shm/command_message.h"
#include "shm/size_message.h"

using namespace bulwark;
using namespace bulwark::shm;

namespace {

Request intent(const std::string& id) {
  Request request;
  request.kind = MessageKind::Intent;
  request.side = Side::Buy;
  request.symbol = SymbolIndex{0x01020304};
  request.account = AccountIndex{0x1112};
  request.strategy = StrategyIndex{0x2122};
  request.quantity = {100 * unit};
  request.price = {18'950'000'000};
  request.id = Id::from(id);
  return request;
}

Request fill(const std::string& id, const std::string& exec_id) {
  Request request = intent(id);
  request.kind = MessageKind::Fill;
  request.other = Id::from(exec_id);
  request.fee = {-static_cast<int128>(12'345'678'901'234'567) * 1'000'000};
  return request;
}

Request replace(const std::string& id, const std::string& new_id) {
  Request request;
  request.kind = MessageKind::Replace;
  request.quantity = {80 * unit};
  request.no_price = true;
  request.id = Id::from(id);
  request.other = Id::from(new_id);
  return request;
}

Request size(bool by_edge) {
  Request request;
  request.kind = MessageKind::Size;
  request.side = Side::Sell;
  request.symbol = SymbolIndex{0x01020304};
  request.account = AccountIndex{0x1112};
  request.strategy = StrategyIndex{0x2122};
  request.price = {18'950'000'000};
  request.prospect = {by_edge, by_edge ? -200'000 : unit / 2, 5 * unit, 7 * unit / 10};
  return request;
}

void expect_equal(const Request& a, const Request& b) {
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.side, b.side);
  EXPECT_EQ(a.no_price, b.no_price);
  EXPECT_EQ(a.reduce_only, b.reduce_only);
  EXPECT_EQ(a.resize, b.resize);
  EXPECT_EQ(a.why, b.why);
  EXPECT_EQ(a.account, b.account);
  EXPECT_EQ(a.strategy, b.strategy);
  EXPECT_EQ(a.symbol, b.symbol);
  EXPECT_EQ(a.quantity, b.quantity);
  EXPECT_EQ(a.price, b.price);
  EXPECT_EQ(a.fee, b.fee);
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.other, b.other);
  // What the engine hashes and the journal writes: no byte behind the text is left over from elsewhere.
  EXPECT_EQ(std::memcmp(&a.id, &b.id, sizeof a.id), 0);
  EXPECT_EQ(std::memcmp(&a.other, &b.other, sizeof a.other), 0);
}

void expect_there_and_back(const Request& request, std::size_t lines) {
  const MessageLines encoded = encode(request, 0xfffffffe);  // the numbers run over inside the message
  EXPECT_EQ(encoded.count, lines) << request.id.view() << " " << request.other.view();
  Request decoded;
  ASSERT_TRUE(decode(encoded, decoded)) << request.id.view() << " " << request.other.view();
  expect_equal(request, decoded);
}

std::string bytes_of(const std::uint64_t* words, std::size_t count) {
  return {reinterpret_cast<const char*>(words), count * 8};
}

}  // namespace

TEST(LaneMessage, AnIntentIsTheOneLineOfTheDrawing) {
  Request request = intent("order-1");
  request.reduce_only = true;
  request.resize = Resize::Forbidden;
  const MessageLines lines = encode(request, 0x0a0b0c0d);
  ASSERT_EQ(lines.count, 1U);
  //                                  sequence        kind     a: resize 2, reduce_only, buy  b: length  c: lines
  EXPECT_EQ(bytes_of(lines.states, 1), std::string("\x0d\x0c\x0b\x0a"
                                                   "\x01"
                                                   "\x29"
                                                   "\x07"
                                                   "\x01",
                                                   8));
  EXPECT_EQ(bytes_of(lines.words[0], 3),
            std::string("\x04\x03\x02\x01"
                        "\x12\x11"
                        "\x22\x21"
                        "\x00\xe4\x0b\x54\x02\x00\x00\x00"  // 100 = 10,000,000,000 x 1e-8
                        "\x80\x0d\x82\x69\x04\x00\x00\x00",
                        24));  // 189.50
  EXPECT_EQ(bytes_of(&lines.words[0][3], 4), "order-1" + std::string(25, '\0'));
}

TEST(LaneMessage, AFillIsIdThenFeeThenExecId) {
  Request request = fill("id", "execution");
  request.fee = {0x0102};
  const MessageLines lines = encode(request, 7);
  ASSERT_EQ(lines.count, 2U);
  EXPECT_EQ(bytes_of(lines.states, 2), std::string("\x07\0\0\0\x05\x01\x02\x02"
                                                   "\x08\0\0\0\x0a\0\x09\0",
                                                   16));
  EXPECT_EQ(bytes_of(&lines.words[0][3], 4),
            "id" + std::string("\x02\x01", 2) + std::string(14, '\0') + "execution" + std::string(5, '\0'));
}

TEST(LaneMessage, AnAnswerIsTheSecondLineOfTheDrawing) {
  Answer answer;
  answer.decision = Decision::Resized;
  answer.reason = Reason::Limit;
  answer.limit = LimitIndex{5};
  answer.epoch = 9;
  answer.quantity = {3};
  answer.value = Value::of(ValueKind::Money, (static_cast<int128>(7) << 64) | 6);
  answer.max = Value::of(ValueKind::Quantity, -1);
  const AnswerLine line = encode(answer, 1);
  EXPECT_EQ(bytes_of(&line.state, 1), std::string("\x01\0\0\0\x80\x02\x13\x32", 8));
  EXPECT_EQ(bytes_of(line.words, 2), std::string("\x05\0\0\0\x09\0\0\0\x03\0\0\0\0\0\0\0", 16));
  EXPECT_EQ(bytes_of(&line.words[2], 2), std::string("\x06\0\0\0\0\0\0\0\x07\0\0\0\0\0\0\0", 16));
  EXPECT_EQ(bytes_of(&line.words[4], 3), std::string(16, '\xff') + std::string(8, '\0'));
  const Answer back = decode(line);
  EXPECT_EQ(back.decision, answer.decision);
  EXPECT_EQ(back.reason, answer.reason);
  EXPECT_EQ(back.limit, answer.limit);
  EXPECT_EQ(back.epoch, answer.epoch);
  EXPECT_EQ(back.quantity, answer.quantity);
  EXPECT_EQ(back.value, answer.value);
  EXPECT_EQ(back.max, answer.max);
}

TEST(LaneMessage, EveryLengthThereAndBack) {
  for (std::size_t first = 1; first <= 64; ++first) {
    const std::string id(first, 'a');
    expect_there_and_back(intent(id), first <= 32 ? 1 : 2);
    for (std::size_t second = 1; second <= 64; ++second) {
      const std::string other(second, 'z');
      expect_there_and_back(replace(id, other), first + second <= 88 ? 2 : 3);
      expect_there_and_back(fill(id, other), first + 16 + second <= 88 ? 2 : 3);
    }
  }
}

TEST(LaneMessage, EveryFlagThereAndBack) {
  Request request = intent("x");
  for (const Side side : {Side::Buy, Side::Sell}) {
    for (const Resize resize : {Resize::AsConfigured, Resize::Allowed, Resize::Forbidden}) {
      for (const bool flag : {false, true}) {
        request.side = side;
        request.resize = resize;
        request.no_price = flag;
        request.reduce_only = !flag;
        expect_there_and_back(request, 1);
      }
    }
  }
  for (const DoneWhy why : {DoneWhy::Canceled, DoneWhy::Rejected, DoneWhy::Expired}) {
    Request done;
    done.kind = MessageKind::Done;
    done.id = Id::from("x");
    done.why = why;
    expect_there_and_back(done, 1);
  }
}

TEST(LaneMessage, EveryByteOfAnIdIsLookedAt) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (std::size_t at = 0; at < 17; ++at) {
      std::string id(17, 'k');
      id[at] = static_cast<char>(byte);
      MessageLines lines = encode(intent(std::string(17, 'k')), 1);
      std::memcpy(reinterpret_cast<char*>(&lines.words[0][3]), id.data(), id.size());
      Request out;
      EXPECT_EQ(decode(lines, out), byte >= 0x20 && byte <= 0x7e) << byte << " at " << at;
    }
  }
}

TEST(LaneMessage, WhatNoClientOfOursCouldSendIsRefused) {
  struct Case {
    const char* what;
    MessageLines lines;
    std::function<void(MessageLines&)> spoil;
  };
  const auto state = [](MessageLines& lines, std::size_t k, auto change) {
    LineState its = LineState::of(lines.states[k]);
    change(its);
    lines.states[k] = its.word();
  };
  const MessageLines one = encode(intent("one"), 1), two = encode(fill("one", "two"), 1);
  Request done;
  done.kind = MessageKind::Done;
  done.id = Id::from("x");
  done.why = DoneWhy::Canceled;
  const MessageLines sized = encode(size(true), 1), chance = encode(size(false), 1);
  const std::vector<Case> cases{
      {"no kind", one, [&](auto& l) { state(l, 0, [](LineState& s) { s.kind = MessageKind::Empty; }); }},
      {"an unknown kind", one, [&](auto& l) { state(l, 0, [](LineState& s) { s.kind = MessageKind{10}; }); }},
      {"a continuation first", one,
       [&](auto& l) { state(l, 0, [](LineState& s) { s.kind = MessageKind::Continuation; }); }},
      {"no side", one, [&](auto& l) { state(l, 0, [](LineState& s) { s.a = 0; }); }},
      {"side 3", one, [&](auto& l) { state(l, 0, [](LineState& s) { s.a = 3; }); }},
      {"resize 3", one, [&](auto& l) { state(l, 0, [](LineState& s) { s.a |= 0x30; }); }},
      {"an intent with a why", one, [&](auto& l) { state(l, 0, [](LineState& s) { s.a |= 0x40; }); }},
      {"a done without a why", encode(done, 1), [&](auto& l) { state(l, 0, [](LineState& s) { s.a = 0; }); }},
      {"a done with a side", encode(done, 1), [&](auto& l) { state(l, 0, [](LineState& s) { s.a |= 1; }); }},
      {"no id", one, [&](auto& l) { state(l, 0, [](LineState& s) { s.b = 0; }); }},
      {"an id of 65", one, [&](auto& l) { state(l, 0, [](LineState& s) { s.b = 65; }); }},
      {"an id that needs another line", one, [&](auto& l) { state(l, 0, [](LineState& s) { s.b = 33; }); }},
      {"lines that do not add up", one, [&](auto& l) { state(l, 0, [](LineState& s) { s.c = 2; }); }},
      {"quantity out of range", one, [](auto& l) { l.words[0][1] = static_cast<std::uint64_t>(decimal_raw_max) + 1; }},
      {"the least of all quantities", one, [](auto& l) { l.words[0][1] = 1ULL << 63; }},
      {"price out of range", one, [](auto& l) { l.words[0][2] = ~0ULL >> 1; }},
      {"a second id of 0", two, [&](auto& l) { state(l, 1, [](LineState& s) { s.b = 0; }); }},
      {"a second id of 255", two, [&](auto& l) { state(l, 1, [](LineState& s) { s.b = 255; }); }},
      {"a size without a side", sized, [&](auto& l) { state(l, 0, [](LineState& s) { s.a = 0; }); }},
      {"a size that may be resized", sized, [&](auto& l) { state(l, 0, [](LineState& s) { s.a |= 0x10; }); }},
      {"a size by edge and chance", sized, [&](auto& l) { state(l, 0, [](LineState& s) { s.b = 2; }); }},
      {"a size of two lines", sized, [&](auto& l) { state(l, 0, [](LineState& s) { s.c = 2; }); }},
      {"an edge out of range", sized, [](auto& l) { l.words[0][1] = ~0ULL >> 1; }},
      {"a horizon out of range", sized, [](auto& l) { l.words[0][3] = ~0ULL >> 1; }},
      {"a confidence out of range", sized, [](auto& l) { l.words[0][4] = ~0ULL >> 1; }},
      {"no horizon", sized, [](auto& l) { l.words[0][3] = 0; }},
      {"a confidence below zero", sized, [](auto& l) { l.words[0][4] = ~0ULL; }},
      {"a chance of more than one", chance, [](auto& l) { l.words[0][1] = unit + 1; }},
      {"a size without a price", sized, [](auto& l) { l.words[0][2] = 0; }},
      {"a size with more in it", sized, [](auto& l) { l.words[0][6] = 1; }},
      {"a fee out of range", two, [](auto& l) { std::memset(reinterpret_cast<char*>(&l.words[0][3]) + 3, 0x7f, 16); }},
  };
  for (const Case& each : cases) {
    MessageLines spoilt = each.lines;
    Request out;
    ASSERT_TRUE(decode(spoilt, out)) << each.what;
    each.spoil(spoilt);
    EXPECT_FALSE(decode(spoilt, out)) << each.what;
  }
}

TEST(LaneMessage, ASizeThereAndBack) {
  for (const bool by_edge : {true, false}) {
    const Request request = size(by_edge);
    expect_there_and_back(request, 1);
    Request back;
    ASSERT_TRUE(decode(encode(request, 7), back));
    EXPECT_EQ(back.prospect.by_edge, by_edge);
    EXPECT_EQ(back.prospect.edge_or_chance, request.prospect.edge_or_chance);
    EXPECT_EQ(back.prospect.horizon_or_payoff, request.prospect.horizon_or_payoff);
    EXPECT_EQ(back.prospect.confidence, request.prospect.confidence);
  }
  const SizeAnswer answer{Decision::Accepted, Constraint::Limits, {1, -1, 3, 4, decimal_raw_max, 6}};
  const SizeAnswer back = decode_size(encode(answer, 7));
  EXPECT_EQ(back.decision, answer.decision);
  EXPECT_EQ(back.binding, answer.binding);
  EXPECT_EQ(back.constraints, answer.constraints);
  EXPECT_EQ(decode(encode(answer, 7)).decision,
            Decision::Accepted);  // what tells a yes from a no stands where it always does
}

TEST(LaneMessage, QuestionsAboutAnOrderAreLinesWithItsId) {
  for (const MessageKind kind : {MessageKind::Take, MessageKind::Status}) {
    Request question;
    question.kind = kind;
    question.id = Id::from("liquidation-7");
    expect_there_and_back(question, 1);
  }
}

TEST(LaneMessage, AnOrderOfALiquidationThereAndBack) {
  Command command{CommandKind::Liquidate, Id::from("liquidation-7"), Sentence::from("loss")};
  command.side = Side::Sell;
  command.again = true;
  command.symbol = SymbolIndex{0x01020304};
  command.account = AccountIndex{0x1112};
  command.strategy = StrategyIndex{0x2122};
  command.quantity = {100 * unit};
  command.price = {18'950'000'000};
  const Command back = decode(encode(command));
  EXPECT_EQ(back.side, command.side);
  EXPECT_FALSE(back.market);
  EXPECT_TRUE(back.again);
  EXPECT_EQ(back.symbol, command.symbol);
  EXPECT_EQ(back.account, command.account);
  EXPECT_EQ(back.strategy, command.strategy);
  EXPECT_EQ(back.quantity, command.quantity);
  EXPECT_EQ(back.price, command.price);
}

TEST(LaneMessage, ACommandThereAndBack) {
  const Command command{CommandKind::Cancel, Id::from(std::string(64, 'i')), Sentence::from(std::string(127, 'c'))};
  const Command back = decode(encode(command));
  EXPECT_EQ(back.kind, command.kind);
  EXPECT_EQ(back.id, command.id);
  EXPECT_EQ(back.cause, command.cause);
  CommandWords hostile = encode(command);
  hostile.id_size = hostile.cause_size = 255;
  EXPECT_EQ(decode(hostile).id.size, 64);
  EXPECT_EQ(decode(hostile).cause.size, 127);
}
