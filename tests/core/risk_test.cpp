// SPDX-License-Identifier: Apache-2.0
// The risk model on the order path: what follows positions by differences is what adding up from scratch gives, and no
// size is one that the gate then refuses.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/engine.h"
#include "core/risk_model.h"

namespace bulwark::core {
namespace {

constexpr std::size_t symbol_count = 40;
constexpr std::int64_t plenty = 1'000'000'000;

class Random {
public:
  explicit Random(std::uint64_t seed) : random_(seed) {}
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n)); }
  double near_zero() { return std::normal_distribution<double>(0, 0.01)(random_); }

private:
  std::mt19937_64 random_;
};

Model random_model(Random& random, const std::vector<Instrument>& instruments, std::size_t factors) {
  Model model;
  model.factor_count = factors;
  model.scenarios = {{"crash", {}}, {"squeeze", {}}};
  for (const Instrument& instrument : instruments) {
    model.symbols.push_back(instrument.symbol);
    for (std::size_t k = 0; k < factors; ++k) model.loadings.push_back(random.near_zero());
    model.residuals.push_back(1e-4);
    for (Scenario& scenario : model.scenarios) scenario.moves.push_back({instrument.symbol, 10 * random.near_zero()});
  }
  return model;
}

Limit limit_of(Metric metric, const On& on, std::int64_t max = plenty) {
  Limit limit;
  limit.name = std::string(name_of(metric_names, metric)) + on.account + on.sector + on.strategy + on.symbol;
  limit.metric = metric;
  limit.on = on;
  limit.max = int128{max} * unit;
  return limit;
}

Rules rules_with_model(Random& random) {
  Rules rules;
  for (std::size_t k = 0; k < symbol_count; ++k) {
    rules.instruments.push_back({"S" + std::to_string(k), k % 2 == 0 ? "Even" : "Odd", "USD"});
  }
  for (const char* account : {"A", "B"}) rules.accounts.push_back({account, {int128{10'000'000} * unit}});
  for (const char* strategy : {"s", "t"}) rules.strategies.push_back({strategy, "A", unit / 4});
  rules.model = random_model(random, rules.instruments, 7);
  rules.sizing = {unit / 2, unit / 10, unit / 5};
  rules.limits.push_back(limit_of(Metric::Gross, {}));
  for (const On& on : {On{}, On{.account = "A"}, On{.sector = "Odd"}, On{.sector = "Odd", .strategy = "t"}}) {
    for (const Metric metric : {Metric::CorrelatedExposure, Metric::Var, Metric::StressLoss, Metric::Volatility}) {
      rules.limits.push_back(limit_of(metric, on));
    }
  }
  return rules;
}

class Market {
public:
  explicit Market(const Rules& rules, Capacity capacity) : engine(rules, capacity) {
    Event client{};
    client.type = EventType::Client;
    client.client.name = Name::from("c");
    apply(client);
    for (std::uint32_t symbol = 1; symbol <= symbol_count; ++symbol) mark(symbol, 100 * unit);
  }
  void apply(Event& event) {
    event.t = t;
    ASSERT_EQ(engine.apply(event), EventError::None);
  }
  void mark(std::uint32_t symbol, std::int64_t price) {
    Event event{};
    event.type = EventType::Mark;
    event.mark = {symbol, 0, {0}, {0}, {price}};
    apply(event);
  }
  void fill(Random& random) {
    fill(1 + random.below(2), 1 + random.below(2), 1 + random.below(symbol_count),
         random.below(2) == 0 ? Side::Buy : Side::Sell, 1 + random.below(100));
  }
  void hold(std::uint32_t symbol, Side side, std::int64_t quantity) { fill(1, 1, symbol, side, quantity); }
  void fill(std::int64_t account, std::int64_t strategy, std::int64_t symbol, Side side, std::int64_t quantity) {
    Event event{};
    event.type = EventType::Fill;
    event.fill = {};
    event.fill.account = AccountIndex(account);
    event.fill.strategy = StrategyIndex(strategy);
    event.fill.symbol = SymbolIndex(symbol);
    event.fill.side = side;
    event.fill.quantity = {quantity * unit};
    event.fill.price = {100 * unit};
    event.fill.id = Id::from("f" + std::to_string(++fills_));
    event.fill.exec_id = Id::from("e");
    apply(event);
  }
  Engine engine;
  TimeNs t{1'000'000'000};

private:
  std::size_t fills_ = 0;
};

// A value of the snapshot, worked out with one loop inside another.
double from_scratch(const Engine& engine, const Rules& rules, const CompiledLimit& limit) {
  const Model& model = *rules.model;
  std::vector<double> held(symbol_count, 0);
  for (const std::uint32_t row : engine.book().live_rows) {
    const std::size_t k = at(engine.book().symbol_of(row)) - 1;
    const Symbol& symbol = engine.market().symbols[k + 1];
    const Party party{SymbolIndex(k + 1), symbol.sector, engine.book().account_of(row), engine.book().strategy_of(row),
                      ClientIndex::None};
    if (limit.covers(party)) held[k] += to_model(symbol.value(engine.book().rows[row].position));
  }
  const auto covariance = [&](std::size_t i, std::size_t j) {
    const double* loadings = model.loadings.data();
    return dot(loadings + i * model.factor_count, loadings + j * model.factor_count, model.factor_count) +
           (i == j ? model.residuals[i] : 0);
  };
  double variance = 0, largest = 0, loss = 0;
  for (std::size_t i = 0; i < symbol_count; ++i) {
    double correlated = 0;
    for (std::size_t j = 0; j < symbol_count; ++j) {
      variance += held[i] * held[j] * covariance(i, j);
      correlated += held[j] * covariance(i, j) / std::sqrt(covariance(i, i) * covariance(j, j));
    }
    if (held[i] != 0) largest = std::max(largest, std::abs(correlated));
  }
  for (const Scenario& scenario : model.scenarios) {
    double gain = 0;
    for (std::size_t i = 0; i < symbol_count; ++i) gain += held[i] * scenario.moves[i].share;
    loss = std::max(loss, -gain);
  }
  return limit.metric == Metric::CorrelatedExposure ? largest
         : limit.metric == Metric::StressLoss       ? loss
                                                    : std::sqrt(variance) * limit.scale.factor;
}

void expect_as_from_scratch(Market& market, const Rules& rules) {
  for (const Reading& reading : market.engine.readings()) {
    const CompiledLimit& limit = market.engine.limits().all[reading.limit];
    if (limit.kind != Kind::Model) continue;
    const double expected = from_scratch(market.engine, rules, limit);
    const AccountState& account = market.engine.book().accounts[at(limit.named.account)];
    const double value = limit.metric == Metric::Volatility ? reading.value.fraction() * to_model(account.equity())
                                                            : to_model(reading.value.raw());
    EXPECT_NEAR(value, expected, std::abs(expected) * 1e-9 + 1e-6) << rules.limits[reading.limit].name;
  }
}

TEST(Risk, WhatFollowsByDifferencesIsWhatAddingUpGives) {
  Random random(1);
  const Rules rules = rules_with_model(random);
  Market market(rules, {.orders = 1 << 17});
  for (int k = 1; k <= 1'000'000; ++k) {
    if (random.below(10) == 0) market.fill(random);
    else market.mark(1 + static_cast<std::uint32_t>(random.below(symbol_count)), (90 + random.below(20)) * unit);
    if (k % 50'000 == 0) expect_as_from_scratch(market, rules);
    for (const Line& line : market.engine.lines()) ASSERT_NE(line.type, LineType::Alarm) << k;
  }
  EXPECT_GT(market.engine.risk().drift(), 0);
  EXPECT_LT(market.engine.risk().drift(), 1e-10);
  market.engine.adopt(rules);
  expect_as_from_scratch(market, rules);
}

// What is left of a large book when nearly all of it is sold is not what rounding left of the large numbers.
TEST(Risk, ALargeBookLeavesNoTraceInASmallOne) {
  Random random(3);
  const Rules rules = rules_with_model(random);
  Market market(rules, {.orders = 1 << 10});
  market.hold(1, Side::Buy, 1);
  for (std::uint32_t symbol = 2; symbol <= symbol_count; ++symbol) market.hold(symbol, Side::Buy, 1'000'000'000);
  for (std::uint32_t symbol = 2; symbol <= symbol_count; ++symbol) market.hold(symbol, Side::Sell, 1'000'000'000);
  expect_as_from_scratch(market, rules);
}

TEST(Risk, WhatAddingUpDoesNotExplainIsTold) {
  Random random(4);
  Rules rules = rules_with_model(random);
  rules.model->loadings[0] = 1e200;  // its square is no number any more
  Market market(rules, {.orders = 1 << 10});
  market.hold(1, Side::Buy, 1);
  std::size_t alarms = 0;
  for (int k = 0; k < 70'000; ++k) {
    market.mark(1, (100 + k % 2) * unit);
    for (const Line& line : market.engine.lines()) alarms += line.type == LineType::Alarm;
  }
  EXPECT_EQ(alarms, 1U);
}

TEST(Risk, QuantilesAreThoseOfTheNormalDistribution) {
  const auto scale = [](Metric metric, std::int64_t ten_thousandths) {
    return scale_of(metric, unit / 10'000 * ten_thousandths).factor;
  };
  EXPECT_NEAR(scale(Metric::Var, 9'500), 1.6448536269514722, 1e-12);
  EXPECT_NEAR(scale(Metric::Var, 9'900), 2.3263478740408408, 1e-12);
  EXPECT_NEAR(scale(Metric::Var, 9'999), 3.7190164854556804, 1e-11);
  EXPECT_NEAR(scale(Metric::Var, 5'000), 0, 1e-12);
  EXPECT_NEAR(scale(Metric::Es, 9'750), 2.3378027922014, 1e-10);
  EXPECT_NEAR(scale(Metric::Es, 9'900), 2.6652142203458, 1e-10);
}

TEST(Risk, NoSizeIsRefused) {
  Random random(2);
  Rules rules = rules_with_model(random);
  rules.limits.push_back(limit_of(Metric::Var, {.account = "*"}, 20'000));
  rules.limits.push_back(limit_of(Metric::CorrelatedExposure, {.strategy = "*"}, 900'000));
  rules.limits.push_back(limit_of(Metric::StressLoss, {.sector = "*"}, 30'000));
  rules.limits.push_back(limit_of(Metric::Position, {}, 5'000));
  Market market(rules, {.orders = 1 << 14});
  std::size_t sized = 0;
  for (int k = 0; k < 2'000; ++k) {
    market.fill(random);
    Event size{};
    size.type = EventType::Size;
    size.size = {};
    size.size.symbol = SymbolIndex(1 + random.below(symbol_count));
    size.size.client = ClientIndex{1};
    size.size.account = AccountIndex(1 + random.below(2));
    size.size.strategy = StrategyIndex(1 + random.below(2));
    size.size.side = random.below(2) == 0 ? Side::Buy : Side::Sell;
    size.size.market = true;
    size.size.win_probability = 6 * unit / 10;
    size.size.payoff = size.size.confidence = size.size.horizon_days = unit;
    market.apply(size);
    const Sized answer = market.engine.sized();
    ASSERT_TRUE(market.engine.has_sized());
    Event intent{};
    intent.type = EventType::Intent;
    intent.intent = {};
    intent.intent.symbol = size.size.symbol;
    intent.intent.client = size.size.client;
    intent.intent.account = size.size.account;
    intent.intent.strategy = size.size.strategy;
    intent.intent.side = size.size.side;
    intent.intent.market = true;
    intent.intent.gate = Gate::Open;
    for (const std::int64_t more : {std::int64_t{1}, std::int64_t{0}}) {  // the first one has to be refused
      const std::int64_t limits = answer.constraints[at(Constraint::Limits)];
      intent.intent.quantity = {more != 0 ? limits + unit : answer.quantity.raw};
      intent.intent.id = Id::from("i" + std::to_string(2 * k + more));
      if (intent.intent.quantity.raw == 0) continue;
      market.apply(intent);
      ASSERT_EQ(market.engine.verdict().decision, more != 0 ? Decision::Rejected : Decision::Accepted) << k;
      sized += more == 0;
    }
    Event done{};
    done.type = EventType::Done;
    done.order = {};
    done.order.why = DoneWhy::Canceled;
    done.order.id = intent.intent.id;
    if (answer.quantity.raw != 0) market.apply(done);
  }
  EXPECT_GT(sized, 1'000U);
}

}  // namespace
}  // namespace bulwark::core
