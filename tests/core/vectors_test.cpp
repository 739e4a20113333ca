// SPDX-License-Identifier: Apache-2.0
// Numbers worked out by hand, outside of this repository: average cost, Kelly, volatility and VaR of two assets. Where
// only four digits were written down, the closed form stands here and the digits are checked as well.
#include <gtest/gtest.h>

#include <cmath>

#include "core/engine.h"
#include "core/kelly.h"
#include "tests/core/desk.h"

namespace bulwark::core {
namespace {

constexpr double precision = 1e-9;

Event fill_of(std::uint32_t symbol, const std::string& id, std::int64_t quantity, std::int64_t price) {
  Event event{};
  event.t = {1'000'000'000};
  event.type = EventType::Fill;
  event.fill = {};
  event.fill.account = AccountIndex{1};
  event.fill.strategy = StrategyIndex{1};
  event.fill.symbol = SymbolIndex{symbol};
  event.fill.side = quantity > 0 ? Side::Buy : Side::Sell;
  event.fill.quantity = {std::abs(quantity) * unit};
  event.fill.price = {price * unit};
  event.fill.id = event.fill.exec_id = Id::from(id);
  return event;
}

// +10 at 100, +10 at 110, -15 at 120, -10 at 90, by average cost.
TEST(Vectors, AverageCostAcrossZero) {
  Desk desk;
  struct Row {
    std::int64_t quantity, price, position, cost, realised;
  };
  const Row rows[] = {{10, 100, 10, 100, 0}, {10, 110, 20, 105, 0}, {-15, 120, 5, 105, 225}, {-10, 90, -5, 90, 150}};
  for (const Row& row : rows) {
    ASSERT_EQ(desk.engine.apply(fill_of(1, "f" + std::to_string(row.price), row.quantity, row.price)),
              EventError::None);
    const Book& book = desk.engine.book();
    const core::Row& held = book.rows[book.row_index(AccountIndex{1}, StrategyIndex{1}, SymbolIndex{1})];
    EXPECT_EQ(held.position, row.position * unit);
    EXPECT_TRUE(held.cost == int128{row.cost} * std::abs(row.position) * unit) << row.price;
    EXPECT_TRUE(held.realised == int128{row.realised} * unit) << row.price;
  }
}

double kelly(double win_probability, double payoff, double fraction = 1) {
  SizeEvent size{};
  size.win_probability = std::llround(win_probability * unit);
  size.payoff = std::llround(payoff * unit);
  size.confidence = unit;
  return static_cast<double>(kelly_share(std::llround(fraction * unit), size, {0}).value);
}

TEST(Vectors, KellyOfABet) {
  EXPECT_NEAR(kelly(0.6, 1), 0.2, precision);
  EXPECT_NEAR(kelly(0.55, 1.5), 0.25, precision);
  EXPECT_NEAR(kelly(0.55, 1.5, 0.5), 0.125, precision);
  EXPECT_LT(kelly(0.4, 1), 0) << "and a size then comes to nothing: units_within";
  EXPECT_EQ(units_within({kelly(0.4, 1)}, int128{1'000} * unit, unit), 0);
}

TEST(Vectors, KellyOfAnEdge) {  // mu / sigma^2 of the first asset alone: 0.06 / 0.04
  SizeEvent size{};
  size.by_edge = true;
  size.edge = 6 * unit / 100;
  size.horizon_days = size.confidence = unit;
  EXPECT_NEAR(static_cast<double>(kelly_share(unit, size, {0.04}).value), 1.5, precision);
}

TEST(Vectors, VolatilityTarget) {
  const DailyVariance variance{0.01 * 0.01};
  EXPECT_NEAR(annual_deviation(variance), 0.01 * std::sqrt(252.0), precision);
  EXPECT_NEAR(static_cast<double>(volatility_share(unit / 10, variance).value), 0.1 / (0.01 * std::sqrt(252.0)),
              precision);
}

// Sigma = [[.04, .018], [.018, .09]] as loadings of two factors; one unit of either asset is worth a million.
constexpr std::int64_t worth = 1'000'000;

Rules two_assets() {
  Rules rules = desk_rules();
  rules.instruments = {Instrument{"A", "", "USD"}, Instrument{"B", "", "USD"}};
  rules.accounts = {Account{"ACC1", {static_cast<int128>(1'000) * worth * unit}}};
  rules.limits.clear();
  for (const Metric metric : {Metric::Gross, Metric::Var, Metric::Es, Metric::Volatility}) {
    Limit limit;
    limit.name = name_of(metric_names, metric);
    limit.metric = metric;
    limit.max = static_cast<int128>(1'000) * worth * unit;
    rules.limits.push_back(limit);
  }
  rules.model = Model{.symbols = {"A", "B"},
                      .factor_count = 2,
                      .loadings = {0.2, 0, 0.09, std::sqrt(0.0819)},
                      .residuals = {0, 0},
                      .scenarios = {}};
  return rules;
}

class TwoAssets : public ::testing::Test {
protected:
  TwoAssets() {
    for (std::uint32_t symbol = 1; symbol <= 2; ++symbol) {
      Event mark{};
      mark.t = {1'000'000'000};
      mark.type = EventType::Mark;
      mark.mark = {symbol, 0, {0}, {0}, {worth * unit}};
      EXPECT_EQ(engine.apply(mark), EventError::None);
    }
  }
  void buy(std::uint32_t symbol, std::int64_t quantity) {
    const std::string id = "f" + std::to_string(++fills_);
    EXPECT_EQ(engine.apply(fill_of(symbol, id, quantity, worth)), EventError::None);
  }
  double value(Metric metric) {
    for (const Reading& reading : engine.readings()) {
      if (engine.limits().all[reading.limit].metric != metric) continue;
      if (reading.value.kind == ValueKind::Fraction) return reading.value.fraction();
      return static_cast<double>(reading.value.raw()) / unit / worth;
    }
    ADD_FAILURE() << "no reading";
    return 0;
  }
  Engine engine{two_assets()};

private:
  int fills_ = 0;
};

constexpr double z99 = 2.3263478740408408, es99 = 2.6652142203457782;

TEST_F(TwoAssets, ABuyThatLowersRisk) {
  buy(1, 100);
  buy(2, -50);
  EXPECT_NEAR(value(Metric::Var) / z99, std::sqrt(445.0), precision);
  EXPECT_NEAR(value(Metric::Var) / z99, 21.0950, 5e-5);
  EXPECT_NEAR(value(Metric::Es) / es99, std::sqrt(445.0), precision);
  EXPECT_NEAR(value(Metric::Volatility), std::sqrt(445.0 * 252) / 1'000, precision);
  buy(2, 30);
  EXPECT_NEAR(value(Metric::Var) / z99, std::sqrt(364.0), precision);
  EXPECT_NEAR(value(Metric::Var) / z99, 19.0788, 5e-5);
}

}  // namespace
}  // namespace bulwark::core
