// SPDX-License-Identifier: Apache-2.0
// Each session leaves its VaR and what it brought behind, whatever restarts between; what was not seen is not made up.
#include "sidecar/process/session_record.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "sidecar/process/backtest.h"

namespace bulwark::process {

namespace {

constexpr std::int64_t day_ns = 86'400'000'000'000, noon_ns = 20'000 * day_ns + day_ns / 2;  // 2024-10-04, 12:00 UTC

core::Rules rules() {
  core::Rules rules;
  rules.instruments = {{"AAPL", "Tech", "USD"}, {"XOM", "Energy", "USD"}};
  rules.accounts = {{"ACC1", {1'000'000 * static_cast<int128>(unit)}}};
  rules.strategies = {{"momo", "ACC1"}};
  core::Model model;
  model.symbols = {"AAPL", "XOM"};
  model.factor_count = 1;
  model.loadings = {0.01, 0.01};
  model.residuals = {0, 0};
  rules.model = model;
  return rules;
}

class SessionRecordTest : public testing::Test {
protected:
  SessionRecordTest() {
    char name[] = "/tmp/bulwark-sessions-XXXXXX";
    folder_ = ::mkdtemp(name);
    restart();
    core::Event client{};
    client.type = core::EventType::Client;
    client.client.name = Name::from("c1");
    engine_.apply(client);
  }
  ~SessionRecordTest() override { std::filesystem::remove_all(folder_); }

  void restart() {
    record_.emplace(folder_, core::Session{});
    book_ = LiveBook();
  }
  void apply(core::Event event, bool seen = true) {
    if (seen) {
      book_.follow(engine_, backing_);
      if (record_->rolls(event.t, engine_)) record_->roll(event.t, engine_, book_, own_closes_);
    }
    ASSERT_EQ(engine_.apply(event), core::EventError::None);
  }
  void mark(std::int64_t t_ns, const char* symbol, std::int64_t price, bool seen = true) {
    core::Event event{};
    event.t = {t_ns};
    event.type = core::EventType::Mark;
    event.mark.symbol = static_cast<std::uint32_t>(engine_.names().symbols.find(symbol));
    event.mark.last = {price * unit};
    apply(event, seen);
  }
  void fill(std::int64_t t_ns, const char* symbol, Side side, std::int64_t quantity, std::int64_t price) {
    core::Event event{};
    event.t = {t_ns};
    event.type = core::EventType::Fill;
    event.fill.account = engine_.names().accounts.find("ACC1");
    event.fill.strategy = engine_.names().strategies.find("momo");
    event.fill.symbol = engine_.names().symbols.find(symbol);
    event.fill.client = engine_.names().clients.find("c1");
    event.fill.side = side;
    event.fill.quantity = {quantity * unit};
    event.fill.price = {price * unit};
    event.fill.id = event.fill.exec_id = Id::from("f" + std::to_string(++fills_));
    apply(event);
  }
  // Friday: 100 AAPL at 100 and a mark of each; then the clock of the next day.
  void first_day() {
    mark(noon_ns, "AAPL", 100);
    mark(noon_ns, "XOM", 50);
    fill(noon_ns, "AAPL", Side::Buy, 100, 100);
    mark(noon_ns + day_ns, "AAPL", 100);
  }
  std::string file(const char* name) const {
    std::ifstream text(folder_ + "/" + name);
    return {std::istreambuf_iterator<char>(text), {}};
  }

  void clock(std::int64_t t_ns) {
    core::Event event{};
    event.t = {t_ns};
    event.type = core::EventType::Clock;
    apply(event);
  }

  std::string folder_, own_closes_;
  core::Engine engine_{rules()};
  LiveBook book_;
  std::shared_ptr<model::Backing> backing_ = std::make_shared<model::Backing>();
  std::optional<SessionRecord> record_;
  int fills_ = 0;
};

TEST_F(SessionRecordTest, ASessionIsTheVarOfItsStartAgainstTheFrozenBookAndTheTradedOne) {
  first_day();
  ASSERT_EQ(record_->observations().size(), 0U) << "the first session was not seen from its start, and held nothing";
  EXPECT_NEAR(record_->var(), 2.3263478740408408 * 0.01 * 10'000, 1e-9);
  const double var = record_->var();
  fill(noon_ns + day_ns + 1, "AAPL", Side::Sell, 60, 98);
  mark(noon_ns + day_ns + 2, "AAPL", 96);
  mark(noon_ns + 2 * day_ns, "AAPL", 97);
  ASSERT_EQ(record_->observations().size(), 1U);
  const SessionRecord::Observation& observed = record_->observations()[0];
  EXPECT_EQ(observed.date, "2024-10-05");
  EXPECT_EQ(observed.var, var);
  EXPECT_NEAR(observed.frozen, 100 * (96 - 100), 1e-9);
  EXPECT_NEAR(observed.actual, 60 * (98 - 100) + 40 * (96 - 100), 1e-9);
  EXPECT_NEAR(record_->var(), 2.3263478740408408 * 0.01 * 40 * 96, 1e-9);
}

TEST_F(SessionRecordTest, ItOutlivesRestarts) {
  first_day();
  restart();
  EXPECT_GT(record_->var(), 0);
  mark(noon_ns + day_ns + 2, "AAPL", 96);
  restart();
  mark(noon_ns + 2 * day_ns, "AAPL", 97);
  restart();
  ASSERT_EQ(record_->observations().size(), 1U);
  EXPECT_NEAR(record_->observations()[0].frozen, -400, 1e-9);
}

TEST_F(SessionRecordTest, WhatWasNotSeenIsMissed) {
  first_day();
  mark(noon_ns + day_ns + 2, "AAPL", 96);
  mark(noon_ns + 2 * day_ns, "AAPL", 97, false);  // the roll fell into a time that nobody watched
  mark(noon_ns + 2 * day_ns + 1, "AAPL", 97);
  mark(noon_ns + 3 * day_ns, "AAPL", 99);
  mark(noon_ns + 4 * day_ns, "AAPL", 90);
  ASSERT_EQ(record_->observations().size(), 3U);
  EXPECT_EQ(record_->observations()[0].var, 0) << "its end was not seen";
  EXPECT_EQ(record_->observations()[1].var, 0) << "its start was not seen";
  EXPECT_NEAR(record_->observations()[2].frozen, 200, 1e-9);
  const shm::RiskBacktest backtest = backtest_of(record_->observations());
  EXPECT_EQ(backtest.missed, 2U);
  EXPECT_EQ(backtest.sessions, 1U);
}

TEST_F(SessionRecordTest, ASessionWithoutAMarkGoesOn) {
  first_day();
  mark(noon_ns + day_ns + 2, "AAPL", 96);
  for (int day = 2; day <= 4; ++day) clock(noon_ns + day * day_ns);
  ASSERT_EQ(record_->observations().size(), 1U) << "the days of a weekend are no sessions";
  restart();
  clock(noon_ns + 5 * day_ns);
  mark(noon_ns + 5 * day_ns + 1, "AAPL", 95);
  clock(noon_ns + 6 * day_ns);
  ASSERT_EQ(record_->observations().size(), 2U);
  EXPECT_EQ(record_->observations()[1].date, "2024-10-09");
  EXPECT_NEAR(record_->observations()[1].frozen, -100, 1e-9);
}

TEST_F(SessionRecordTest, ANewBaselineHidesNoLoss) {
  first_day();
  mark(noon_ns + day_ns + 1, "AAPL", 90);
  core::Event event{};
  event.t = {noon_ns + day_ns + 2};
  event.type = core::EventType::Control;
  event.control.command = core::Command::Resume;
  event.control.new_baseline = true;
  event.control.operator_name = Name::from("Ada");
  event.control.reason = Sentence::from("anew");
  apply(event);
  mark(noon_ns + 2 * day_ns, "AAPL", 90);
  EXPECT_NEAR(record_->observations().at(0).actual, -1'000, 1e-9);
}

TEST_F(SessionRecordTest, AFlatBookIsNoObservation) {
  mark(noon_ns, "AAPL", 100);
  for (int day = 1; day <= 3; ++day) mark(noon_ns + day * day_ns, "AAPL", 100 + day);
  EXPECT_TRUE(record_->observations().empty());
  EXPECT_EQ(file("sessions.csv"), "");
}

TEST_F(SessionRecordTest, AModelThatLacksASymbolHeldLeavesNoVar) {
  core::Rules without = rules();
  without.model->symbols = {"AAPL"};
  without.model->loadings = {0.01};
  without.model->residuals = {0};
  engine_.adopt(without);
  mark(noon_ns, "XOM", 50);
  fill(noon_ns, "XOM", Side::Buy, 100, 50);
  mark(noon_ns + day_ns, "XOM", 50);
  EXPECT_EQ(record_->var(), 0);
  mark(noon_ns + 2 * day_ns, "XOM", 40);
  EXPECT_EQ(record_->observations().at(0).var, 0);
}

TEST_F(SessionRecordTest, OwnClosesAreKeptWhereTheyAreWanted) {
  own_closes_ = folder_ + "/closes.csv";
  first_day();
  mark(noon_ns + day_ns + 2, "AAPL", 96);
  mark(noon_ns + 2 * day_ns, "AAPL", 97);
  EXPECT_EQ(file("closes.csv"), "2024-10-04,AAPL,100\n2024-10-04,XOM,50\n2024-10-05,AAPL,96\n")
      << "what was not marked in a session has no close of it";
}

TEST_F(SessionRecordTest, ALineThatWasCutOffIsNotGoneOnWith) {
  own_closes_ = folder_ + "/closes.csv";
  std::ofstream(own_closes_) << "2024-10-03,AAPL,99\n2024-10-03,XOM,4";
  first_day();
  mark(noon_ns + day_ns + 2, "AAPL", 96);
  EXPECT_EQ(file("closes.csv"), "2024-10-03,AAPL,99\n2024-10-04,AAPL,100\n2024-10-04,XOM,50\n");
}

TEST_F(SessionRecordTest, AfterAMissedStartOnlyWhatWasMarkedSinceHasAClose) {
  own_closes_ = folder_ + "/closes.csv";
  first_day();
  mark(noon_ns + 20 * day_ns, "AAPL", 97, false);
  mark(noon_ns + 20 * day_ns + 1, "AAPL", 98);
  mark(noon_ns + 21 * day_ns, "AAPL", 99);
  EXPECT_EQ(file("closes.csv"), "2024-10-04,AAPL,100\n2024-10-04,XOM,50\n2024-10-24,AAPL,98\n")
      << "the mark of XOM is weeks old";
}

TEST_F(SessionRecordTest, DamageIsTold) {
  first_day();
  std::ofstream(folder_ + "/session.csv") << "1,2,x,3\n";
  EXPECT_THROW(restart(), std::runtime_error);
  std::filesystem::remove(folder_ + "/session.csv");
  std::ofstream(folder_ + "/sessions.csv") << "yesterday,0.99,1,2,3\n";
  EXPECT_THROW(restart(), std::runtime_error);
}

// The tests' own numbers are those of tests/analytics; here it is about what is counted.
TEST(Backtest, CountsTheLatestSessionsOfOneConfidence) {
  std::vector<SessionRecord::Observation> observations(10, {"2024-01-02", 0.95, 100, -500, -500});
  for (int k = 0; k < 300; ++k) observations.push_back({"2024-01-02", 0.99, 100, k % 50 == 0 ? -101.0 : -100.0, 5});
  const shm::RiskBacktest backtest = backtest_of(observations);
  EXPECT_EQ(backtest.sessions, 250U);
  EXPECT_EQ(backtest.frozen_exceptions, 5U) << "reaching the VaR is no exception";
  EXPECT_EQ(backtest.actual_exceptions, 0U);
  EXPECT_EQ(backtest.zone, shm::RiskZone::Yellow);
  EXPECT_EQ(backtest.multiplier, 3.4);
  EXPECT_GT(backtest.kupiec_p, 0);
  observations.resize(20);
  const shm::RiskBacktest fewer = backtest_of(observations);
  EXPECT_EQ(fewer.sessions, 10U);
  EXPECT_EQ(fewer.multiplier, 0) << "it is defined for 250 sessions";
  EXPECT_EQ(backtest_of({}).zone, shm::RiskZone::Unknown);
}

}  // namespace

}  // namespace bulwark::process
