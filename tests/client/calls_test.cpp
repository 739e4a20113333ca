// SPDX-License-Identifier: Apache-2.0
// Every call of the C++ client: what it says to the sidecar, what it answers, and how misuse is told.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/client/fixture.h"

using namespace bulwark;
using test::error_of;
using test::eventually;

namespace {

using CallsTest = test::InstanceTest;

}  // namespace

TEST_F(CallsTest, ACheckSaysWhatTheOrderIs) {
  Client client = attach("c1");
  const Verdict verdict = client.check({.id = "o1",
                                        .symbol = "MSFT",
                                        .side = "sell",
                                        .quantity = "12.5",
                                        .price = "0.00000001",
                                        .resize = Resize::Forbidden,
                                        .reduce_only = true});
  EXPECT_EQ(verdict.decision, Decision::Accepted);
  EXPECT_TRUE(verdict.accepted());
  EXPECT_EQ(to_text(verdict.quantity), "12.5");
  EXPECT_EQ(verdict.reason, "");
  EXPECT_EQ(verdict.limit, "");
  EXPECT_EQ(text_of(verdict.value), "");
  const shm::Request got = instance().hot().requests().at(0);
  EXPECT_EQ(got.kind, shm::MessageKind::Intent);
  EXPECT_EQ(got.id.view(), "o1");
  EXPECT_EQ(at(got.symbol), 2U);
  EXPECT_EQ(at(got.account), 1U);
  EXPECT_EQ(at(got.strategy), 1U);
  EXPECT_EQ(got.side, Side::Sell);
  EXPECT_EQ(got.quantity.raw, 1'250'000'000);
  EXPECT_EQ(got.price.raw, 1);
  EXPECT_FALSE(got.no_price);
  EXPECT_EQ(got.resize, Resize::Forbidden);
  EXPECT_TRUE(got.reduce_only);
}

TEST_F(CallsTest, ASizeSaysWhatIsExpected) {
  Client client = attach("c1");
  const Size size =
      client.size({.symbol = "MSFT", .side = "sell", .price = "99", .edge = "-0.002", .confidence = "0.7"});
  EXPECT_EQ(to_text(size.quantity), "100");
  EXPECT_EQ(size.binding, "limits");
  EXPECT_EQ(size.of(Constraint::Kelly), Quantity{250 * unit});
  EXPECT_EQ(size.of(Constraint::Balance), std::nullopt);
  client.size({.symbol = "AAPL", .side = "buy", .win_probability = "0.5", .payoff = 2});
  const auto got = instance().hot().requests();
  EXPECT_EQ(at(got[0].symbol), 2U);
  EXPECT_EQ(at(got[0].account), 1U);
  EXPECT_EQ(got[0].side, Side::Sell);
  EXPECT_EQ(got[0].price.raw, 99 * unit);
  EXPECT_TRUE(got[0].prospect.by_edge);
  EXPECT_EQ(got[0].prospect.edge_or_chance, -200'000);
  EXPECT_EQ(got[0].prospect.horizon_or_payoff, unit);
  EXPECT_EQ(got[0].prospect.confidence, 70'000'000);
  EXPECT_TRUE(got[1].no_price);
  EXPECT_FALSE(got[1].prospect.by_edge);
  EXPECT_EQ(got[1].prospect.edge_or_chance, unit / 2);
  EXPECT_EQ(got[1].prospect.horizon_or_payoff, 2 * unit);
  EXPECT_EQ(got[1].prospect.confidence, unit);
}

TEST_F(CallsTest, AnOrderOfALiquidationIsForTheFirstWhoTakesIt) {
  Client client = attach("c1"), other = attach("c2");
  instance().stop();
  ASSERT_TRUE(instance().hot().push_liquidation("l1"));
  const auto orders = client.commands();
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(orders[0].kind, "liquidate");
  EXPECT_EQ(orders[0].id + " " + orders[0].cause + " " + orders[0].symbol, "l1 loss MSFT");
  EXPECT_EQ(orders[0].account + " " + orders[0].strategy, "ACC1 momo");
  EXPECT_EQ(orders[0].side, Side::Sell);
  EXPECT_EQ(orders[0].quantity.raw, 30 * unit);
  EXPECT_EQ(orders[0].price, Price{99 * unit});
  EXPECT_FALSE(orders[0].again);
  EXPECT_TRUE(other.commands().empty());
  EXPECT_TRUE(eventually([&] { return client.clear_to_send("l1"); }));
  EXPECT_FALSE(other.clear_to_send("l1"));
  client.fill({.id = "l1", .exec_id = "e1", .quantity = 30, .price = 99});
  EXPECT_FALSE(client.clear_to_send("l1"));  // there is nothing left of it
}

TEST_F(CallsTest, NumbersMayBeTextWholeOrExact) {
  Client client = attach("c1");
  const std::string text = "7";
  client.check({.id = "a", .symbol = "AAPL", .side = Side::Buy, .quantity = text, .price = 190});
  client.check({.id = "b", .symbol = "AAPL", .side = Side::Buy, .quantity = Quantity{5}, .price = Price{6}});
  client.check({.id = "c", .symbol = "AAPL", .side = Side::Buy, .quantity = 3U});
  const auto got = instance().hot().requests();
  EXPECT_EQ(got[0].quantity.raw, 7 * unit);
  EXPECT_EQ(got[0].price.raw, 190 * unit);
  EXPECT_EQ(got[1].quantity.raw, 5);
  EXPECT_EQ(got[1].price.raw, 6);
  EXPECT_TRUE(got[2].no_price) << "no price is a market order";
}

TEST_F(CallsTest, WhatCanBeSaidButIsRefusedIsAVerdict) {
  Client client = attach("c1");
  const Verdict limited = client.check(order("o1", "1500"));
  EXPECT_EQ(limited.decision, Decision::Rejected);
  EXPECT_EQ(limited.quantity.raw, 0);
  EXPECT_EQ(limited.reason, "order_quantity");
  EXPECT_EQ(limited.limit, "size");
  EXPECT_EQ(text_of(limited.value), "1500");
  EXPECT_EQ(text_of(limited.max), "1000");
  Order resizable = order("o2", "1500");
  resizable.resize = Resize::Allowed;
  const Verdict resized = client.check(resizable);
  EXPECT_EQ(resized.decision, Decision::Resized);
  EXPECT_TRUE(resized.accepted());
  EXPECT_EQ(to_text(resized.quantity), "1000");
  EXPECT_EQ(resized.reason, "order_quantity");
  EXPECT_TRUE(client.clear_to_send("o2"));
  Order unknown = order("o3");
  unknown.symbol = "NOSUCH";
  EXPECT_EQ(client.check(unknown).reason, "unknown_symbol");
  EXPECT_EQ(client.check(order("o4", 0)).reason, "bad_quantity");
  EXPECT_EQ(client.check(order("o5", "-1")).reason, "bad_quantity");
  EXPECT_FALSE(client.clear_to_send("o4")) << "a rejected one is not clear to send";
}

TEST_F(CallsTest, MisuseIsToldByArgumentFoundAndAllowed) {
  Client client = attach("c1");
  const auto check = [&](Order changed) { return error_of([&] { client.check(changed); }); };
  const auto with_quantity = [&](Number quantity) { return check(order("o", quantity)); };
  EXPECT_EQ(with_quantity("1e3"), "quantity: \"1e3\" is not a decimal number (like \"189.50\")");
  EXPECT_EQ(with_quantity("NaN"), "quantity: \"NaN\" is not a decimal number (like \"189.50\")");
  EXPECT_EQ(with_quantity("inf"), "quantity: \"inf\" is not a decimal number (like \"189.50\")");
  EXPECT_EQ(with_quantity(""), "quantity: \"\" is not a decimal number (like \"189.50\")");
  EXPECT_EQ(with_quantity("+1"), "quantity: \"+1\" is not a decimal number (like \"189.50\")");
  EXPECT_EQ(with_quantity("1,000"), "quantity: \"1,000\" is not a decimal number (like \"189.50\")");
  EXPECT_EQ(with_quantity("0.123456789"), "quantity: \"0.123456789\" has more than 8 decimals");
  EXPECT_EQ(with_quantity("1000000000000"),
            "quantity: \"1000000000000\" is out of range: at most 10000000000 is allowed");
  EXPECT_EQ(with_quantity(1'000'000'000'000),
            "quantity: 1000000000000 is out of range: at most 10000000000 is allowed");
  EXPECT_EQ(with_quantity({}), "quantity: is missing; a decimal number is needed");
  EXPECT_EQ(with_quantity("10000000000"), "") << "the largest is allowed";
  Order changed = order();
  changed.price = "1e3";
  EXPECT_EQ(check(changed), "price: \"1e3\" is not a decimal number (like \"189.50\")");
  changed = order();
  changed.side = "hold";
  EXPECT_EQ(check(changed), R"(side: "hold" is no side; "buy" and "sell" are allowed)");
  changed.side = {};
  EXPECT_EQ(check(changed), R"(side: "" is no side; "buy" and "sell" are allowed)");
  const std::string ids = "; ids are 1 to 64 printable ASCII characters";
  EXPECT_EQ(check(order("")), "id: is empty" + ids);
  EXPECT_EQ(check(order(std::string(65, 'i'))), "id: \"" + std::string(65, 'i') + "\" is no id" + ids);
  EXPECT_EQ(check(order("tab\t")), "id: \"tab\t\" is no id" + ids);
  EXPECT_EQ(check(order("\xc3\xa9")), "id: \"\xc3\xa9\" is no id" + ids);
  changed = order();
  changed.symbol = std::string_view("S23456789012345678901234567890123");
  EXPECT_EQ(check(changed),
            "symbol: \"S23456789012345678901234567890123\" is no name; names are 1 to 32 printable ASCII characters");
  EXPECT_EQ(error_of([&] { client.done("o", "gone"); }),
            R"(why: "gone" is not allowed; "canceled", "rejected" and "expired" are)");
  EXPECT_EQ(error_of([&] { client.clear_to_send(""); }), "id: is empty" + ids);
  EXPECT_EQ(error_of([&] { client.fill({.id = "o", .exec_id = "", .quantity = 1, .price = 1}); }),
            "exec_id: is empty" + ids);
  EXPECT_EQ(error_of([&] { client.replace({.id = "o", .new_id = "", .quantity = 1}); }), "new_id: is empty" + ids);
  EXPECT_EQ(instance().hot().requests().size(), 1U) << "nothing of all this was said to the sidecar";
}

TEST_F(CallsTest, ReportsAreHeardInFull) {
  Client client = attach("c1");
  const std::string long_id(64, 'l'), long_exec(64, 'e');
  ASSERT_TRUE(client.check(order(long_id)).accepted());
  client.ack(long_id);
  client.fill({.id = long_id, .exec_id = long_exec, .quantity = "60", .price = "189.5", .fee = "-0.10"});
  EXPECT_TRUE(client.clear_to_send(long_id)) << "40 are still to be filled";
  const Verdict replaced = client.replace({.id = long_id, .new_id = "n", .quantity = "80"});
  EXPECT_EQ(to_text(replaced.quantity), "80");
  EXPECT_TRUE(client.clear_to_send("n"));
  client.cancel("n");
  client.done("n", "canceled");
  EXPECT_FALSE(client.clear_to_send("n")) << "it is over";
  client.fill({.id = long_id, .exec_id = "e2", .quantity = 40, .price = 189, .symbol = "AAPL", .side = "buy"});
  EXPECT_FALSE(client.clear_to_send(long_id)) << "it is filled";
  const auto got = instance().hot().requests();
  ASSERT_EQ(got.size(), 7U);
  EXPECT_EQ(got[1].kind, shm::MessageKind::Ack);
  EXPECT_EQ(got[2].kind, shm::MessageKind::Fill);
  EXPECT_EQ(got[2].id.view(), long_id);
  EXPECT_EQ(got[2].other.view(), long_exec);
  EXPECT_EQ(got[2].fee.raw, -10'000'000);
  EXPECT_EQ(got[2].side, Side::None);
  EXPECT_EQ(at(got[2].account), 1U);
  EXPECT_EQ(got[3].kind, shm::MessageKind::Replace);
  EXPECT_EQ(got[3].other.view(), "n");
  EXPECT_TRUE(got[3].no_price);
  EXPECT_EQ(got[4].kind, shm::MessageKind::Cancel);
  EXPECT_EQ(got[5].kind, shm::MessageKind::Done);
  EXPECT_EQ(got[5].why, DoneWhy::Canceled);
  EXPECT_EQ(at(got[6].symbol), 1U);
  EXPECT_EQ(got[6].side, Side::Buy);
}

TEST_F(CallsTest, AReportThatIsRefusedThrows) {
  Client client = attach("c1");
  EXPECT_EQ(error_of([&] { client.ack("ghost"); }), "ack: no order of this client has that id (id \"ghost\")");
  EXPECT_EQ(error_of([&] { client.done("ghost", "expired"); }),
            "done: no order of this client has that id (id \"ghost\")");
  EXPECT_EQ(client.replace({.id = "ghost", .new_id = "n", .quantity = 1}).reason, "unknown_order");
}

TEST_F(CallsTest, CommandsArriveInOrderAndOnce) {
  Client client = attach("c1");
  EXPECT_TRUE(client.commands().empty());
  ASSERT_TRUE(instance().hot().push_cancel("c1", "o1", "reduce_only"));
  ASSERT_TRUE(instance().hot().push_cancel("c1", std::string(64, 'x'), std::string(127, 'y')));
  const auto commands = client.commands();
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_EQ(commands[0].kind, "cancel");
  EXPECT_EQ(commands[0].id, "o1");
  EXPECT_EQ(commands[0].cause, "reduce_only");
  EXPECT_EQ(commands[1].cause, std::string(127, 'y'));
  EXPECT_TRUE(client.commands().empty());
}

TEST_F(CallsTest, AfterDetachOrAMoveNothingWorks) {
  Client client = attach("c1");
  Client moved = std::move(client);
  EXPECT_EQ(error_of([&] { client.check(order()); }), "this client was moved from");
  EXPECT_TRUE(moved.check(order()).accepted());
  moved.detach();
  const std::string detached = "this client has been detached; attach again to go on";
  EXPECT_EQ(error_of([&] { moved.check(order()); }), detached);
  EXPECT_EQ(error_of([&] { moved.clear_to_send(); }), detached);
  EXPECT_EQ(error_of([&] { moved.commands(); }), detached);
  EXPECT_EQ(error_of([&] { moved.done("o1", "expired"); }), detached);
  EXPECT_EQ(error_of([&] { moved.detach(); }), detached);
}

TEST_F(CallsTest, CallsOfManyThreadsAreServedOneByOne) {
  Client client = attach("c1");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 300; ++i) {
        const std::string id = std::to_string(t) + "-" + std::to_string(i);
        const Verdict verdict = client.check(order(id, i + 1));
        EXPECT_EQ(verdict.quantity.raw, (i + 1) * unit) << "somebody else's verdict";
        EXPECT_TRUE(client.clear_to_send(id));
        client.done(id, "canceled");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(instance().hot().requests().size(), 4U * 300 * 2);
  EXPECT_EQ(instance().hot().malformed_count(), 0U);
  EXPECT_EQ(shm::Latency::copy_of(instance().read_client_file("c1")->checks).count(), 4U * 300);
}

TEST_F(CallsTest, HowLongEachCheckTookStandsInTheFileOfItsClient) {
  Client client = attach("c1"), other = attach("c2");
  const auto checks = [&](const char* name) {
    return shm::Latency::copy_of(instance().read_client_file(name)->checks);
  };
  EXPECT_EQ(checks("c1").count(), 0U);
  const MonotonicNs before = shm::monotonic_now();
  ASSERT_TRUE(client.check(order("o1")).accepted());
  ASSERT_FALSE(client.check(order("o2", "1500")).accepted());
  ASSERT_TRUE(client.replace({.id = "o1", .new_id = "o3", .quantity = 50}).accepted());
  const DurationNs all = shm::monotonic_now() - before;
  const shm::Latency latency = checks("c1");
  EXPECT_EQ(latency.count(), 3U);
  EXPECT_GT(latency.sum_ns, 0U);
  EXPECT_LE(latency.sum_ns, static_cast<std::uint64_t>(all.ns));
  EXPECT_GE(latency.max_ns, latency.sum_ns / 3);
  client.ack("o3");
  client.order_status("o3");
  client.size({.symbol = "MSFT", .side = "sell", .price = "99", .edge = "-0.002"});
  client.done("o3", "canceled");
  EXPECT_EQ(checks("c1").count(), 3U) << "a report is no check";
  instance().stop();
  EXPECT_EQ(client.check(order("o4")).reason, "halted");
  EXPECT_EQ(checks("c1").count(), 3U) << "what is refused on the spot has waited for nobody";
  EXPECT_EQ(checks("c2").count(), 0U);
}

TEST_F(CallsTest, MarksReachTheHotLoop) {
  MarkPublisher marks = publish_marks("desk");
  marks.mark("AAPL", "189.49", "189.51");
  marks.mark("EUR/USD", {}, {}, "1.08");
  marks.mark("MSFT", 400, 401, 400);
  EXPECT_TRUE(eventually([&] { return instance().hot().quote(2).last.raw == 400 * unit; }));
  EXPECT_EQ(instance().hot().quote(1).bid.raw, 18'949'000'000);
  EXPECT_EQ(instance().hot().quote(1).ask.raw, 18'951'000'000);
  EXPECT_EQ(instance().hot().quote(1).last.raw, 0);
  EXPECT_EQ(instance().hot().quote(3).last.raw, 108'000'000);
}

TEST_F(CallsTest, AMarkThatIsNoneIsTold) {
  MarkPublisher marks = publish_marks("desk");
  EXPECT_EQ(error_of([&] { marks.mark("NOSUCH", 1, 2); }), "symbol: \"NOSUCH\" is not known to instance \"desk\"");
  EXPECT_EQ(error_of([&] { marks.mark("", 1, 2); }), "symbol: is empty; names are 1 to 32 printable ASCII characters");
  EXPECT_EQ(error_of([&] { marks.mark("AAPL", 1, {}); }), "bid: bid and ask are given together, or neither");
  EXPECT_EQ(error_of([&] { marks.mark("AAPL", {}, {}); }), "last: a mark needs bid and ask, or last");
  EXPECT_EQ(error_of([&] { marks.mark("AAPL", 0, 1); }), "bid: 0 is not positive");
  EXPECT_EQ(error_of([&] { marks.mark("AAPL", 1, "-2"); }), "ask: -2 is not positive");
  EXPECT_EQ(error_of([&] { marks.mark("AAPL", {}, {}, "x"); }),
            "last: \"x\" is not a decimal number (like \"189.50\")");
  marks.close();
  EXPECT_EQ(error_of([&] { marks.mark("AAPL", 1, 2); }),
            "this publisher has been closed; publish_marks again to go on");
}

TEST(VerdictMemory, RemembersTheNewestAndForgetsTheRest) {
  constexpr std::uint32_t count = 200'000, kept = client::VerdictMemory::orders_max;
  client::VerdictMemory memory;
  for (std::uint32_t i = 0; i < count; ++i) memory.remember(Id::from(std::to_string(i)), i, {2 * unit});
  for (std::uint32_t i = 0; i < count - kept; ++i) ASSERT_EQ(memory.find(std::to_string(i)), nullptr) << i;
  std::size_t found = 0;
  for (std::uint32_t i = count - kept; i < count; ++i) {
    const auto* entry = memory.find(std::to_string(i));
    if (entry != nullptr) {
      ASSERT_EQ(entry->epoch, i);
      ++found;
    }
  }
  EXPECT_GT(found, kept * 99 / 100) << "only where many ids fall into one set, older ones are forgotten early";
}

TEST(VerdictMemory, ForgetsWhatIsFilledOrDone) {
  client::VerdictMemory memory;
  memory.remember(Id::from("a"), 7, {2 * unit});
  memory.remember(Id::from("b"), 7, {unit});
  memory.remember(Id::from("a"), 8, {2 * unit});
  EXPECT_EQ(memory.find("a")->epoch, 8U) << "said again, it is one order";
  memory.fill("a", {unit});
  EXPECT_NE(memory.find("a"), nullptr);
  memory.fill("a", {unit});
  EXPECT_EQ(memory.find("a"), nullptr);
  memory.fill("a", {unit});
  memory.forget("b");
  memory.forget("b");
  EXPECT_EQ(memory.find("b"), nullptr);
  EXPECT_EQ(memory.find(""), nullptr);
  memory.remember(Id::from("c"), 9, {unit});
  memory.clear();
  EXPECT_EQ(memory.find("c"), nullptr);
}
