// SPDX-License-Identifier: Apache-2.0
// What must hold after every event, whatever the events were. Seeded: a failure names the seed that shows it again.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <tuple>

#include "core/engine.h"

namespace bulwark::core {
namespace {

// Two accounts, three strategies, four symbols in two currencies; limits of every kind over many meetings of keys.
Rules crowded_rules() {
  Rules rules;
  rules.instruments = {
      {"AAPL", "Tech", "USD"}, {"MSFT", "Tech", "USD"}, {"SAP", "Tech", "EUR", 2 * unit}, {"XOM", "Energy", "USD"}};
  rules.instruments[3].lot_size = {10 * unit};
  rules.fx = {{"EUR", unit + unit / 12}};
  rules.accounts = {{"A", {static_cast<int128>(50'000) * unit}}, {"B", {static_cast<int128>(20'000) * unit}}};
  rules.strategies = {{"s1", "A"}, {"s2", "B"}, {"s3", ""}};
  const auto add = [&](const char* name, Metric metric, On on, std::int64_t max, Action action = Action::Reject) {
    Limit limit;
    limit.name = name;
    limit.metric = metric;
    limit.on = on;
    limit.max = static_cast<int128>(max) * unit;
    limit.action = action;
    if (needs_window(metric)) limit.window = milliseconds(2'000);
    rules.limits.push_back(limit);
  };
  add("gross", Metric::Gross, {}, 60'000, Action::Resize);
  add("gross-account", Metric::Gross, {.account = "*"}, 40'000);
  add("long-tech", Metric::Long, {.sector = "Tech"}, 45'000, Action::Resize);
  add("short", Metric::Short, {.strategy = "*"}, 20'000, Action::Resize);
  add("net", Metric::Net, {.account = "*", .strategy = "*"}, 25'000, Action::Resize);
  add("position", Metric::Position, {.account = "A"}, 250, Action::Resize);
  add("leverage", Metric::Leverage, {.account = "*"}, 2, Action::Resize);
  add("concentration", Metric::Concentration, {}, 1, Action::Resize);
  add("notional", Metric::OrderNotional, {}, 15'000, Action::Resize);
  add("rate", Metric::OrderRate, {.client = "*"}, 40);
  add("turnover", Metric::Turnover, {.account = "*"}, 300'000);
  add("open", Metric::OpenOrders, {.strategy = "*"}, 12);
  return rules;
}

struct World {
  Engine engine;
  std::vector<Event> log;

  explicit World(const Rules& rules) : engine(rules, {.orders = 4'096, .clients = 8, .latches = 64}) {}
  EventError apply(const Event& event) {
    log.push_back(event);
    return engine.apply(event);
  }
};

class Workload {
public:
  explicit Workload(std::uint64_t seed) : random_(seed) {}

  Event next() {
    t_.ns += static_cast<std::int64_t>(random_() % 50) * 1'000'000;
    const std::uint64_t kind = random_() % 100;
    if (kind < 20) return mark();
    if (kind < 60) return intent();
    if (kind < 82) return fill();
    if (kind < 92) return done();
    return replace();
  }
  TimeNs t() const { return t_; }
  Event client() const {
    Event result{};
    result.type = EventType::Client;
    result.client.name = Name::from("c1");
    return result;
  }
  Event mark() { return mark_of(1 + random_() % 4); }
  Event mark_of(std::uint64_t symbol) {
    Event result = event(EventType::Mark);
    result.mark = {};
    result.mark.symbol = static_cast<std::uint32_t>(symbol);
    result.mark.last = {static_cast<std::int64_t>(8'000 + random_() % 4'000) * (unit / 100)};
    return result;
  }

private:
  Event event(EventType type) const {
    Event result{};
    result.t = t_;
    result.type = type;
    return result;
  }
  Id some_id() { return Id::from("o" + std::to_string(count_ - random_() % std::min<std::uint64_t>(count_, 12))); }

  Event intent() {
    Event result = event(EventType::Intent);
    IntentEvent& intent = result.intent = {};
    intent.symbol = SymbolIndex(1 + random_() % 4);
    intent.client = ClientIndex{1};
    intent.account = AccountIndex(1 + random_() % 2);
    intent.strategy = StrategyIndex(1 + random_() % 3);
    intent.side = random_() % 2 == 0 ? Side::Buy : Side::Sell;
    intent.gate = Gate::Open;
    intent.resize = static_cast<Resize>(random_() % 3);
    intent.reduce_only = random_() % 4 == 0;
    intent.market = random_() % 5 == 0;
    intent.quantity = {static_cast<std::int64_t>(1 + random_() % 30) * 10 * unit};
    intent.price =
        intent.market ? Price{0} : Price{static_cast<std::int64_t>(8'000 + random_() % 4'000) * (unit / 100)};
    intent.id = Id::from("o" + std::to_string(++count_));
    return result;
  }
  Event fill() {
    Event result = event(EventType::Fill);
    result.fill = {};
    result.fill.id = some_id();
    result.fill.exec_id = Id::from("e" + std::to_string(random_() % 40));
    result.fill.quantity = {static_cast<std::int64_t>(1 + random_() % 200) * unit};
    result.fill.price = {static_cast<std::int64_t>(8'000 + random_() % 4'000) * (unit / 100)};
    result.fill.fee_low = random_() % 100'000;
    return result;
  }
  Event done() {
    Event result = event(EventType::Done);
    result.order = {};
    result.order.id = some_id();
    result.order.why = random_() % 3 == 0 ? DoneWhy::Rejected : DoneWhy::Canceled;
    return result;
  }
  Event replace() {
    if (random_() % 2 == 0) {
      Event result = event(EventType::Ack);
      result.order = {};
      result.order.id = some_id();
      return result;
    }
    Event result = event(EventType::Replace);
    result.replace = {};
    result.replace.gate = Gate::Open;
    result.replace.keep_price = true;
    result.replace.quantity = {static_cast<std::int64_t>(1 + random_() % 30) * 10 * unit};
    result.replace.id = some_id();
    result.replace.new_id = Id::from("o" + std::to_string(++count_));
    return result;
  }

  std::mt19937_64 random_;
  TimeNs t_{1'700'000'000'000'000'000};
  std::uint64_t count_ = 1;
};

// Everything that is kept up to date by differences, added up anew from the rows.
void expect_sums_of_parts(Engine& engine) {
  engine.readings();  // settles what working orders are worth
  const Book& book = engine.book();
  std::map<std::pair<std::size_t, std::size_t>, std::tuple<std::int64_t, std::int64_t, std::int64_t>> by_account;
  std::vector<int128> profit(book.accounts.size(), 0);
  for (const std::uint32_t index : book.live_rows) {
    const Row& row = book.rows[index];
    auto& [position, buy, sell] = by_account[{at(book.account_of(index)), at(book.symbol_of(index))}];
    position += row.position;
    buy += row.working_buy;
    sell += row.working_sell;
    profit[at(book.account_of(index))] += row.profit;
    profit[0] += row.profit;
    ASSERT_GE(row.working_buy, 0);
    ASSERT_GE(row.working_sell, 0);
  }
  int128 gross = 0;
  std::map<std::size_t, std::tuple<std::int64_t, std::int64_t, std::int64_t>> by_symbol;
  for (const auto& [key, sums] : by_account) {
    const Cell& cell = book.cell(View::Account, key.first, SymbolIndex(key.second));
    ASSERT_EQ(std::tuple(cell.position, cell.working_buy, cell.working_sell), sums);
    auto& [position, buy, sell] = by_symbol[key.second];
    position += std::get<0>(sums);
    buy += std::get<1>(sums);
    sell += std::get<2>(sums);
  }
  for (const auto& [symbol, sums] : by_symbol) {
    const auto& [position, buy, sell] = sums;
    const Symbol& s = engine.market().symbols[symbol];
    if (s.has_mark) gross += larger(positive(s.value(position + buy)), positive(-s.value(position - sell)));
  }
  ASSERT_TRUE(book.totals_all[at(View::Portfolio)][0].worth.gross == gross);
  for (std::size_t k = 0; k < profit.size(); ++k) ASSERT_TRUE(book.accounts[k].profit == profit[k]);
}

// Replays the log in a fresh engine and asks the last intent again with another quantity.
Decision ask_again(const Rules& rules, const std::vector<Event>& log, std::int64_t quantity) {
  World again(rules);
  for (std::size_t k = 0; k + 1 < log.size(); ++k) again.apply(log[k]);
  Event last = log.back();
  last.intent.quantity = {quantity};
  last.intent.resize = Resize::Forbidden;
  again.apply(last);
  return again.engine.verdict().decision;
}

// Along the way: sums equal parts, a resized quantity is the largest that passes, what calls itself reducing reduces.
void run(std::uint64_t seed, int events, int& resized, int& reducing) {
  const Rules rules = crowded_rules();
  World world(rules);
  Workload workload(seed);
  world.apply(workload.client());
  for (std::uint64_t symbol = 1; symbol <= 4; ++symbol) world.apply(workload.mark_of(symbol));
  for (int k = 0; k < events; ++k) {
    const Event event = workload.next();
    const bool intent = event.type == EventType::Intent;
    const Cell before =
        intent ? world.engine.book().cell(View::Account, at(event.intent.account), event.intent.symbol) : Cell{};
    if (world.apply(event) != EventError::None) world.log.pop_back();
    ASSERT_NO_FATAL_FAILURE(expect_sums_of_parts(world.engine)) << "event " << k;
    if (!intent) continue;
    const Verdict& verdict = world.engine.verdict();
    const std::int64_t lot = world.engine.market().symbols[at(event.intent.symbol)].lot_size;
    if (verdict.decision == Decision::Resized && resized++ % 4 == 0) {
      ASSERT_EQ(verdict.quantity.raw % lot, 0);
      ASSERT_GT(verdict.quantity.raw, 0);
      ASSERT_LT(verdict.quantity.raw, event.intent.quantity.raw);
      ASSERT_EQ(ask_again(rules, world.log, verdict.quantity.raw), Decision::Accepted) << "event " << k;
      ASSERT_EQ(ask_again(rules, world.log, verdict.quantity.raw + lot), Decision::Rejected) << "event " << k;
    }
    if (event.intent.reduce_only && verdict.decision != Decision::Rejected) {
      ++reducing;
      const std::int64_t against = event.intent.side == Side::Sell ? before.position - before.working_sell
                                                                   : -before.position - before.working_buy;
      ASSERT_LE(verdict.quantity.raw, against) << "event " << k;
    }
  }
}

TEST(EngineProperty, HoldsAfterEveryEventOfManyRandomDays) {
  int resized = 0, reducing = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(run(seed, 500, resized, reducing));
  }
  EXPECT_GT(resized, 100) << "the workload must reach what it is about";
  EXPECT_GT(reducing, 50);
}

// Taking the same rules over in the middle of a day is no event: every later answer is the same.
TEST(EngineProperty, AdoptingTheSameRulesIsNoEvent) {
  for (std::uint64_t seed = 100; seed < 120; ++seed) {
    const Rules rules = crowded_rules();
    World one(rules), two(rules);
    Workload workload(seed);
    for (World* world : {&one, &two}) world->apply(workload.client());
    for (int k = 0; k < 400; ++k) {
      const Event event = workload.next();
      if (k % 50 == 25) two.engine.adopt(rules);
      ASSERT_EQ(one.apply(event), two.apply(event)) << "seed " << seed << " event " << k;
      ASSERT_EQ(one.engine.has_verdict(), two.engine.has_verdict());
      ASSERT_EQ(one.engine.lines().size(), two.engine.lines().size()) << "seed " << seed << " event " << k;
      if (!one.engine.has_verdict()) continue;
      ASSERT_EQ(std::memcmp(&one.engine.verdict(), &two.engine.verdict(), sizeof(Verdict)), 0)
          << "seed " << seed << " event " << k;
    }
  }
}

}  // namespace
}  // namespace bulwark::core
