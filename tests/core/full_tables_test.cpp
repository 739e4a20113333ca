// SPDX-License-Identifier: Apache-2.0
// What has no room is never dropped in silence: everything halts, and the cause says what was full. Breakers whose
// changes find no room are all looked at instead.
#include <gtest/gtest.h>

#include <string>

#include "core/engine.h"
#include "tests/core/saved.h"

namespace bulwark::core {
namespace {

class Crowd {
public:
  Crowd(Rules rules, Capacity capacity) : engine(rules, capacity) {
    Event client = event(EventType::Client);
    client.client.name = Name::from("c");
    apply(client);
  }
  static Rules rules(std::size_t symbols, std::size_t strategies) {
    Rules rules;
    for (std::size_t k = 0; k < symbols; ++k) rules.instruments.push_back({"S" + std::to_string(k), "", "USD"});
    for (std::size_t k = 0; k < strategies; ++k) rules.strategies.push_back({"s" + std::to_string(k), "A"});
    rules.accounts = {{"A", {int128{1'000'000'000} * unit}}};
    add(rules, "gross", Metric::Gross, {}, 10'000'000'000, Action::Reject);
    return rules;
  }
  static void add(Rules& rules, const char* name, Metric metric, const On& on, std::int64_t max, Action action) {
    Limit limit;
    limit.name = name;
    limit.metric = metric;
    limit.on = on;
    limit.max = int128{max} * unit;
    limit.action = action;
    limit.factor = unit / 2;
    if (needs_window(metric)) limit.window = milliseconds(60'000);
    rules.limits.push_back(limit);
  }
  Event event(EventType type) const {
    Event result{};
    result.type = type;
    result.t = t;
    return result;
  }
  void apply(const Event& event) { ASSERT_EQ(engine.apply(event), EventError::None); }
  void mark(std::size_t symbol, std::int64_t price) {
    Event mark = event(EventType::Mark);
    mark.mark = {static_cast<std::uint32_t>(symbol), 0, {0}, {0}, {price * unit}};
    apply(mark);
  }
  Event order(std::size_t symbol, std::int64_t quantity) {
    Event intent = event(EventType::Intent);
    intent.intent = {};
    intent.intent.symbol = SymbolIndex(symbol);
    intent.intent.client = ClientIndex{1};
    intent.intent.account = AccountIndex{1};
    intent.intent.strategy = StrategyIndex{1};
    intent.intent.side = Side::Buy;
    intent.intent.gate = Gate::Open;
    intent.intent.quantity = {quantity * unit};
    intent.intent.price = {100 * unit};
    intent.intent.id = Id::from("o" + std::to_string(++orders_));
    return intent;
  }
  void buy(std::size_t symbol, std::int64_t quantity) { apply(order(symbol, quantity)); }
  void finish(const std::string& id) {
    Event done = event(EventType::Done);
    done.order = {};
    done.order.client = ClientIndex{1};
    done.order.why = DoneWhy::Canceled;
    done.order.id = Id::from(id);
    apply(done);
  }
  void fill_order(const std::string& id, const std::string& exec_id) {
    Event fill = event(EventType::Fill);
    fill.fill = {};
    fill.fill.client = ClientIndex{1};
    fill.fill.quantity = {unit};
    fill.fill.price = {100 * unit};
    fill.fill.id = Id::from(id);
    fill.fill.exec_id = Id::from(exec_id);
    apply(fill);
  }
  std::int64_t position() const { return engine.book().cell(View::Portfolio, 0, SymbolIndex{1}).position / unit; }
  void resume() {
    Event resume = event(EventType::Control);
    resume.control = {};
    resume.control.command = Command::Resume;
    resume.control.operator_name = Name::from("ann");
    resume.control.reason = Sentence::from("counted");
    apply(resume);
  }
  void fill(std::size_t symbol, std::size_t strategy, Side side) {
    Event fill = event(EventType::Fill);
    fill.fill = {};
    fill.fill.account = AccountIndex{1};
    fill.fill.strategy = StrategyIndex(strategy);
    fill.fill.symbol = SymbolIndex(symbol);
    fill.fill.side = side;
    fill.fill.quantity = {unit};
    fill.fill.price = {100 * unit};
    fill.fill.id = Id::from("f" + std::to_string(++orders_));
    fill.fill.exec_id = Id::from("e");
    apply(fill);
  }
  void liquidate(const Scope& on) {
    Event control = event(EventType::Control);
    control.control = {};
    control.control.command = Command::Liquidate;
    control.control.on = on;
    control.control.reason = Sentence::from("drill");
    apply(control);
  }
  // The cause for which everything is halted; empty: it is not.
  std::string cause() const {
    for (const Latch& latch : engine.latches()) {
      if (latch.on == Scope{} && latch.state == State::Halted) return std::string(latch.cause.view());
    }
    return "";
  }

  Engine engine;
  TimeNs t{1'000'000'000};

private:
  std::size_t orders_ = 0;
};

TEST(FullTables, MoreCancelRequestsThanAnEventCanTellHaltEverything) {
  Crowd crowd(Crowd::rules(1, 1), {.orders = 1 << 17});
  crowd.mark(1, 100);
  for (int k = 0; k < 70'000; ++k) {
    crowd.buy(1, 1);
    ASSERT_EQ(crowd.engine.verdict().decision, Decision::Accepted);
  }
  Scope account{};
  account.account = AccountIndex{1};
  crowd.liquidate(account);
  EXPECT_EQ(crowd.cause(), "more came of one event than there is room to tell");
  EXPECT_EQ(crowd.engine.lines().back().type, LineType::State);
  EXPECT_EQ(crowd.engine.lines().back().on, Scope{});
}

TEST(FullTables, MoreRepeatedExecutionsThanAreKeptHaltEverything) {
  Rules rules = Crowd::rules(200, 200);
  Crowd::add(rules, "repeats", Metric::RepeatedExecution, {}, 0, Action::Reject);
  Crowd crowd(rules, {.orders = 1 << 18});
  std::size_t fills = 0;
  for (std::size_t symbol = 1; symbol <= 200; ++symbol) {
    for (std::size_t strategy = 1; strategy <= 200; ++strategy) {
      for (const Side side : {Side::Buy, Side::Sell}) {
        crowd.fill(symbol, strategy, side);
        if (++fills <= Repetitions::broken_max) ASSERT_EQ(crowd.cause(), "") << fills;
        else ASSERT_EQ(crowd.cause(), "more executions repeat than the engine keeps") << fills;
      }
    }
  }
  // What was not kept is found again after a resume, which ends everything that was.
  crowd.resume();
  crowd.fill(200, 200, Side::Sell);
  ASSERT_EQ(crowd.engine.lines().size(), 2U);
  EXPECT_EQ(crowd.engine.lines().back().type, LineType::Breach);
}

TEST(FullTables, MoreLiquidationsThanAreKeptHaltEverything) {
  constexpr std::size_t count = Liquidations::count_max;
  Crowd crowd(Crowd::rules(count + 1, 1), {.orders = 1 << 12});
  for (std::size_t symbol = 1; symbol <= count + 1; ++symbol) {
    crowd.mark(symbol, 100);
    crowd.buy(symbol, 1);  // each liquidation waits for it
  }
  for (std::size_t symbol = 1; symbol <= count + 1; ++symbol) {
    Scope on{};
    on.symbol = SymbolIndex(symbol);
    EXPECT_EQ(crowd.cause(), "") << symbol;
    crowd.liquidate(on);
  }
  EXPECT_EQ(crowd.cause(), "more liquidations at once than the engine keeps");
}

TEST(FullTables, MoreFactorsThanAreKeptHaltEverything) {
  Rules rules = Crowd::rules(held_factors_max + 1, 1);
  Crowd::add(rules, "jump", Metric::PriceMove, {.symbol = "*"}, 0, Action::Scale);
  Crowd crowd(rules, {.orders = 1 << 12});
  for (std::size_t symbol = 1; symbol <= held_factors_max + 1; ++symbol) {
    ASSERT_EQ(crowd.cause(), "") << symbol;
    crowd.mark(symbol, 100);
    crowd.mark(symbol, 101);
  }
  EXPECT_EQ(crowd.cause(), "more factors hold than the engine keeps");
}

// What has left a log that was too short for its window may have been too much: also for rules that are taken over
// anew.
TEST(FullTables, AReloadIsAsBlindAsBefore) {
  Rules rules = Crowd::rules(1, 1);
  Crowd::add(rules, "messages", Metric::MessageRate, {}, 1'000'000, Action::Reject);
  Crowd::add(rules, "moves", Metric::PriceMove, {}, 1'000, Action::Alert);
  Crowd crowd(rules, {.orders = 1 << 12});
  for (std::size_t k = 0; k <= Flow::log_size; ++k) crowd.buy(1, 0);
  for (std::size_t k = 0; k <= PriceMoves::log_size; ++k) crowd.mark(1, 100);
  const auto expect_blind = [&] {
    crowd.buy(1, 1);
    EXPECT_EQ(crowd.engine.verdict().reason, Reason::Limit);
    EXPECT_EQ(crowd.engine.verdict().value.kind, ValueKind::Null);
    EXPECT_EQ(crowd.engine.readings(Kind::Breaker).back().value.kind, ValueKind::Null);
  };
  expect_blind();
  crowd.engine.adopt(rules);
  expect_blind();
  const std::unique_ptr<Engine> restored = load(rules, {.orders = 1 << 12}, save(crowd.engine));
  EXPECT_EQ(restored->readings(Kind::Breaker).back().value.kind, ValueKind::Null);
  Event intent = crowd.order(1, 1);
  ASSERT_EQ(restored->apply(intent), EventError::None);
  EXPECT_EQ(restored->verdict().value.kind, ValueKind::Null);
}

// What the market did is done: it counts, whether there is room to remember its id or not.
TEST(FullTables, AFillWhoseExecutionFindsNoRoomCountsAndHaltsEverything) {
  Crowd crowd(Crowd::rules(1, 1), {.orders = 4});  // and 8 executions
  crowd.mark(1, 100);
  crowd.buy(1, 1);
  crowd.finish("o1");  // forgotten in the next session, and had no fill
  crowd.buy(1, 100);
  for (int k = 1; k <= 8; ++k) crowd.fill_order("o2", "e" + std::to_string(k));
  EXPECT_EQ(crowd.cause(), "");
  crowd.fill_order("o2", "e8");  // told twice
  EXPECT_EQ(crowd.position(), 8);
  for (int session = 0; session < 2; ++session) {
    crowd.fill_order("o2", "e" + std::to_string(9 + session));
    EXPECT_EQ(crowd.position(), 9 + session);
    EXPECT_EQ(crowd.cause(), "more fills came in one session than the engine keeps: one told twice now counts twice");
    crowd.resume();
    EXPECT_EQ(crowd.cause(), "");
    crowd.t.ns += 86'400'000'000'000;
  }
  EXPECT_EQ(crowd.engine.book().cell(View::Portfolio, 0, SymbolIndex{1}).working_buy / unit, 100 - crowd.position());
}

TEST(FullTables, AFillOfAnUnknownOrderThatFindsNoRoomCountsAndHaltsEverything) {
  Crowd crowd(Crowd::rules(1, 1), {.orders = 4});
  crowd.mark(1, 100);
  for (int k = 1; k <= 4; ++k) crowd.fill(1, 1, Side::Buy);
  EXPECT_EQ(crowd.cause(), "");
  crowd.fill(1, 1, Side::Buy);
  EXPECT_EQ(crowd.position(), 5);
  EXPECT_EQ(crowd.cause(), "more orders came in one session than the engine keeps: a fill told twice now counts twice");
  // In the session after there is room again.
  crowd.resume();
  crowd.t.ns += 86'400'000'000'000;
  crowd.fill(1, 1, Side::Buy);
  EXPECT_EQ(crowd.position(), 6);
  EXPECT_EQ(crowd.cause(), "");
}

TEST(FullTables, BreakersWhoseChangesFindNoRoomAreAllLookedAt) {
  Rules rules = Crowd::rules(2, 1);
  for (const char* name : {"a", "b", "c"})
    Crowd::add(rules, name, Metric::RejectRate, {.symbol = "*"}, 10, Action::Alert);
  Crowd crowd(rules, {.orders = 1 << 12});
  for (std::size_t k = 0; k < Flow::log_size; ++k) crowd.buy(k < 100'000 ? 1 : 2, 1);  // no mark: refused
  std::size_t breached = 0, cleared = 0;
  for (const Slot& slot : crowd.engine.limits().slots) breached += slot.breached;
  EXPECT_EQ(breached, 6U);
  crowd.t.ns += 60'000'000'000;
  crowd.apply(crowd.event(EventType::Clock));
  for (const Line& line : crowd.engine.lines()) cleared += line.type == LineType::Cleared;
  EXPECT_EQ(cleared, 6U);
  EXPECT_EQ(crowd.cause(), "");
}

}  // namespace
}  // namespace bulwark::core
