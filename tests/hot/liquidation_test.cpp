// SPDX-License-Identifier: Apache-2.0
// Orders of liquidations on their way from the engine to one client, sizes, and what is asked again: in a hot loop on
// buffers of the test.
#include <gtest/gtest.h>

#include <set>

#include "core/errands.h"
#include "shm/size_message.h"
#include "tests/hot/desk.h"

namespace bulwark::hot {
namespace {

using namespace bulwark::test;

constexpr AccountIndex acc1{1}, acc2{2};
constexpr StrategyIndex momo{1}, slow{2};

// One that trades 100 AAPL of ACC1 with momo, and a wish to bring everything down.
class LiquidatingDesk : public Desk {
public:
  Party& holder = attach("c1", acc1, momo);

  LiquidatingDesk() {
    ask(holder, order("o1", 100));
    ask(holder, fill("o1", "e1", 100));
  }
  void control(core::Command command) {
    core::ControlEvent wish{};
    wish.command = command;
    wish.operator_name = Name::from("mira");
    wish.reason = Sentence::from("over");
    EXPECT_EQ(loop.control(wish), core::EventError::None);
    settle();
  }
  void settle() {  // until the loop has kept house
    shm::nap(milliseconds(2));
    pass(2);
  }
  bool takes(Party& party, const char* id) {
    return ask(party, report(shm::MessageKind::Take, id))->decision == Decision::Accepted;
  }
  std::int64_t position() const {
    return engine.book().rows[engine.book().row_index(acc1, momo, SymbolIndex{1})].position;
  }
};

TEST(Liquidation, IsOfferedToThoseItConcernsAndGoesToTheFirst) {
  LiquidatingDesk desk;
  Desk::Party &account = desk.attach("account", acc1), &anybody = desk.attach("anybody");
  Desk::Party &other = desk.attach("other", acc2), &wrong = desk.attach("wrong", acc1, slow);
  desk.control(core::Command::Liquidate);
  for (Desk::Party* party : {&desk.holder, &account, &anybody}) {
    const auto offer = party->lane.next_command();
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->kind, shm::CommandKind::Liquidate);
    EXPECT_EQ(offer->id.view(), "liquidation-1");
    EXPECT_EQ(offer->cause.view(), "over");
    EXPECT_EQ(offer->side, Side::Sell);
    EXPECT_EQ(offer->quantity.raw, 100 * unit);
    EXPECT_FALSE(offer->again);
    EXPECT_FALSE(party->lane.next_command());
  }
  EXPECT_FALSE(other.lane.next_command());
  EXPECT_FALSE(wrong.lane.next_command());
  EXPECT_EQ(desk.board.liquidation_orders_untaken.load(), 1U);
  desk.records();
  EXPECT_FALSE(desk.takes(other, "liquidation-1"));  // whatever it says
  EXPECT_FALSE(desk.takes(wrong, "liquidation-1"));
  EXPECT_FALSE(desk.takes(account, "liquidation-2"));
  EXPECT_TRUE(desk.records().empty());
  EXPECT_TRUE(desk.takes(account, "liquidation-1"));
  const auto records = desk.records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].event.type, core::EventType::Deliver);
  EXPECT_EQ(records[0].event.order.client, account.index);
  EXPECT_FALSE(desk.takes(desk.holder, "liquidation-1"));
  EXPECT_TRUE(desk.takes(account, "liquidation-1"));  // an answer was lost: it asks again
  EXPECT_TRUE(desk.records().empty());
  desk.settle();
  EXPECT_EQ(desk.board.liquidation_orders_untaken.load(), 0U);
  EXPECT_EQ(desk.ask(desk.holder, fill("liquidation-1", "e", 100))->decision, Decision::Rejected);
  EXPECT_EQ(desk.ask(account, fill("liquidation-1", "e", 100))->decision, Decision::Accepted);
  EXPECT_EQ(desk.position(), 0);
  desk.settle();
  EXPECT_EQ(desk.board.liquidation_orders.load(), 0U);
}

TEST(Liquidation, IsToldAgainToItsClientAlone) {
  LiquidatingDesk desk;
  desk.control(core::Command::Liquidate);
  ASSERT_TRUE(desk.takes(desk.holder, "liquidation-1"));
  desk.loop.retire(desk.holder.index);
  Desk::Party& other = desk.attach("other", acc1, momo);
  Desk::Party& back = desk.attach("c1", acc2);  // by its name, whatever it trades for now
  desk.settle();
  EXPECT_FALSE(other.lane.next_command());
  const auto order = back.lane.next_command();
  ASSERT_TRUE(order);
  EXPECT_TRUE(order->again);
  EXPECT_EQ(order->quantity.raw, 100 * unit);
  desk.settle();
  EXPECT_FALSE(back.lane.next_command());  // once to each lane
}

TEST(Liquidation, ThatNobodyTookEndsWithAResume) {
  LiquidatingDesk desk;
  desk.control(core::Command::Liquidate);
  desk.records();
  desk.control(core::Command::Resume);
  EXPECT_FALSE(desk.takes(desk.holder, "liquidation-1"));
  EXPECT_EQ(desk.position(), 100 * unit);
  EXPECT_EQ(core::Errands(desk.engine).count(), 0U);
  const auto records = desk.records();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].event.type, core::EventType::Deliver);
  EXPECT_EQ(records[1].event.order.client, ClientIndex::None);
}

TEST(Liquidation, ThatAFillMadeTooLargeIsNotSentAnyMore) {
  LiquidatingDesk desk;
  desk.control(core::Command::Liquidate);
  shm::Request late = fill("lost", "e", 40);
  late.side = Side::Sell;
  late.symbol = SymbolIndex{1};
  late.account = acc1;
  late.strategy = momo;
  EXPECT_EQ(desk.ask(desk.holder, late)->decision, Decision::Accepted);
  EXPECT_FALSE(desk.takes(desk.holder, "liquidation-1"));
  desk.settle();
  EXPECT_EQ(core::Errands(desk.engine).count(), 0U);
  EXPECT_EQ(desk.position(), 60 * unit);
}

TEST(Liquidation, IsNotGivenToAClientWithAnOrderOfItsOwnByThatId) {
  LiquidatingDesk desk;
  Desk::Party& other = desk.attach("other", acc1, momo);
  ASSERT_EQ(desk.ask(other, order("liquidation-1", 1))->decision, Decision::Accepted);
  desk.ask(other, report(shm::MessageKind::Done, "liquidation-1"));
  desk.control(core::Command::Liquidate);
  EXPECT_FALSE(desk.takes(other, "liquidation-1"));
  EXPECT_TRUE(desk.takes(desk.holder, "liquidation-1"));
}

TEST(Liquidation, IsNotGivenToAClientThatHasGone) {
  LiquidatingDesk desk;
  desk.control(core::Command::Liquidate);
  desk.send(desk.holder, report(shm::MessageKind::Take, "liquidation-1"));
  desk.loop.retire(desk.holder.index);
  EXPECT_EQ(core::Errands(desk.engine).client(0), ClientIndex::None);
}

TEST(Liquidation, OfMoreOrdersThanALaneHoldsIsToldToTheEnd) {
  constexpr std::size_t symbols = 100;
  core::Rules rules = desk_rules();
  while (rules.instruments.size() < symbols) {
    core::Instrument instrument;
    instrument.symbol = "S" + std::to_string(rules.instruments.size());
    instrument.currency = "USD";
    rules.instruments.push_back(instrument);
  }
  Desk desk(rules);
  Desk::Party& holder = desk.attach("c1", acc1, momo);
  for (std::uint32_t k = 1; k <= symbols; ++k) {
    shm::Request bought = fill("o" + std::to_string(k), "e", 1);
    bought.side = Side::Buy;
    bought.symbol = SymbolIndex{k};
    bought.account = acc1;
    bought.strategy = momo;
    ASSERT_EQ(desk.ask(holder, bought)->decision, Decision::Accepted);
  }
  core::ControlEvent wish{};
  wish.command = core::Command::Liquidate;
  ASSERT_EQ(desk.loop.control(wish), core::EventError::None);
  std::size_t told = 0;
  for (int round = 0; round < 10; ++round) {
    shm::nap(milliseconds(2));
    desk.pass(2);
    while (const auto offer = holder.lane.next_command()) {
      EXPECT_EQ(offer->id.view(), "liquidation-" + std::to_string(++told));
    }
  }
  EXPECT_EQ(told, symbols);
}

TEST(Cancels, AreAskedAgainOfAClientThatComesBack) {
  LiquidatingDesk desk;
  ASSERT_EQ(desk.ask(desk.holder, order("o2", 5))->decision, Decision::Accepted);
  desk.control(core::Command::Liquidate);
  desk.loop.retire(desk.holder.index);
  Desk::Party& back = desk.attach("c1", acc1, momo);
  const auto command = back.lane.next_command();
  ASSERT_TRUE(command);
  EXPECT_EQ(command->kind, shm::CommandKind::Cancel);
  EXPECT_EQ(command->id.view(), "o2");
  EXPECT_EQ(command->cause.view(), "over");
  EXPECT_FALSE(back.lane.next_command());
}

TEST(Cancels, ThatFoundNoPlaceAreAskedAgain) {
  Desk desk;
  Desk::Party& client = desk.attach("c1", acc1, momo);
  constexpr std::size_t orders = 2'000;  // more than a lane and the loop's own places together
  for (std::size_t k = 0; k < orders; ++k) {
    ASSERT_EQ(desk.ask(client, order("o" + std::to_string(k), 1))->decision, Decision::Accepted);
  }
  core::ControlEvent wish{};
  wish.command = core::Command::Liquidate;
  ASSERT_EQ(desk.loop.control(wish), core::EventError::None);
  std::set<std::string> done;
  for (int round = 0; round < 5'000 && done.size() < orders; ++round) {
    while (const auto command = client.lane.next_command()) {
      const std::string id(command->id.view());
      desk.ask(client, report(shm::MessageKind::Done, id));
      done.insert(id);
    }
    shm::nap(milliseconds(1));
    desk.pass();
  }
  EXPECT_EQ(done.size(), orders);
  EXPECT_EQ(core::Errands(desk.engine).count(), 0U);  // and there was nothing to sell
}

TEST(Status, SaysWhatBecameOfAnOrderOfThatClientAndChangesNothing) {
  Desk desk;
  Desk::Party &one = desk.attach("c1", acc1, momo), &two = desk.attach("c2", acc1, momo);
  const auto status = [&desk](Desk::Party& party, const char* id) {
    const auto answer = desk.ask(party, report(shm::MessageKind::Status, id));
    if (answer->decision != Decision::Accepted) return std::vector<std::int64_t>{};
    return std::vector<std::int64_t>{answer->quantity.raw / unit, static_cast<std::int64_t>(answer->value.raw() / unit),
                                     static_cast<std::int64_t>(answer->max.raw() / unit)};
  };
  using Numbers = std::vector<std::int64_t>;
  EXPECT_EQ(status(one, "o1"), Numbers{});
  desk.ask(one, order("o1", 100));
  EXPECT_EQ(status(one, "o1"), (Numbers{100, 0, 100}));
  EXPECT_EQ(status(two, "o1"), Numbers{});  // the other's own "o1" would be another order
  desk.ask(one, fill("o1", "e1", 30));
  desk.records();
  EXPECT_EQ(status(one, "o1"), (Numbers{100, 30, 70}));
  EXPECT_TRUE(desk.records().empty());
  shm::Request done = report(shm::MessageKind::Done, "o1");
  done.why = DoneWhy::Canceled;
  desk.ask(one, done);
  EXPECT_EQ(status(one, "o1"), (Numbers{100, 30, 0}));
}

TEST(Size, IsJournaledBeforeItIsAnswered) {
  LiquidatingDesk desk;
  shm::Request size;
  size.kind = shm::MessageKind::Size;
  size.side = Side::Buy;
  size.no_price = true;
  size.symbol = SymbolIndex{1};
  size.strategy = momo;  // the account is its default one
  size.prospect = {true, unit / 100, unit, unit};
  desk.records();
  const auto ticket = desk.send(desk.holder, size);
  desk.pass();
  const auto line = desk.holder.lane.look(*ticket);
  ASSERT_TRUE(line);
  const shm::SizeAnswer answer = shm::decode_size(*line);
  EXPECT_EQ(answer.decision, Decision::Accepted);
  EXPECT_EQ(answer.binding, Constraint::Balance);  // as much as the limits, and it comes first
  EXPECT_EQ(answer.constraints[static_cast<std::size_t>(Constraint::Limits)], 99'900 * unit);
  const auto records = desk.records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].event.type, core::EventType::Size);
  EXPECT_EQ(records[0].event.size.account, acc1);
  EXPECT_EQ(records[0].event.size.client, desk.holder.index);
  EXPECT_TRUE(records[0].outcome.has_sized);
  EXPECT_EQ(records[0].outcome.sized.constraints, answer.constraints);
  EXPECT_EQ(desk.ask(desk.holder, order("o9", 99'900))->decision, Decision::Accepted);  // it was no lie
}

TEST(Size, OfNonsenseIsZero) {
  LiquidatingDesk desk;
  shm::Request size;
  size.kind = shm::MessageKind::Size;
  size.side = Side::Sell;
  size.symbol = SymbolIndex{77'777};
  size.account = AccountIndex{7'777};
  size.strategy = StrategyIndex{7'777};
  size.price = {unit};
  size.prospect = {false, unit / 2, unit, unit};
  const auto ticket = desk.send(desk.holder, size);
  desk.pass();
  const shm::SizeAnswer answer = shm::decode_size(*desk.holder.lane.look(*ticket));
  EXPECT_EQ(answer.constraints[static_cast<std::size_t>(answer.binding)], 0);
}

TEST(Size, IsRefusedWhereItCannotBeJournaled) {
  Desk desk(desk_rules(), 64);
  Desk::Party& client = desk.attach("c1", acc1, momo);
  shm::Request size;
  size.kind = shm::MessageKind::Size;
  size.side = Side::Buy;
  size.symbol = SymbolIndex{1};
  size.no_price = true;
  size.prospect = {true, unit / 100, unit, unit};
  Decision decision = Decision::Accepted;
  for (int k = 0; k < 64 && decision == Decision::Accepted; ++k) {
    const auto ticket = desk.send(client, size);
    desk.pass();
    decision = shm::decode_size(*client.lane.look(*ticket)).decision;
  }
  EXPECT_EQ(decision, Decision::Rejected);
}

}  // namespace
}  // namespace bulwark::hot
