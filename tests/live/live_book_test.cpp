// SPDX-License-Identifier: Apache-2.0
// What rests on a mark or a rate that is missing is not known: a zero would look like a figure.
#include "sidecar/process/live_book.h"

#include <gtest/gtest.h>

#include "shm/risk_page.h"

namespace bulwark::process {

namespace {

using namespace shm::risk_known;

class LiveBookTest : public testing::Test {
protected:
  LiveBookTest() {
    core::Rules rules;
    rules.instruments = {{"AAPL", "Tech", "USD"}, {"SAP", "Tech", "EUR"}};
    rules.accounts = {{"ACC1", {1'000'000 * static_cast<int128>(unit)}}, {"ACC2", {0}}};
    rules.strategies = {{"momo", "ACC1"}, {"slow", "ACC2"}};
    engine_.emplace(rules);
    core::Event client{};
    client.type = core::EventType::Client;
    client.client.name = Name::from("c1");
    engine_->apply(client);
  }
  void apply(core::Event event) {
    event.t = {++now_ns_};
    ASSERT_EQ(engine_->apply(event), core::EventError::None);
  }
  void mark(const char* symbol) {
    core::Event event{};
    event.type = core::EventType::Mark;
    event.mark.symbol = static_cast<std::uint32_t>(engine_->names().symbols.find(symbol));
    event.mark.last = {100 * unit};
    apply(event);
  }
  void fill(const char* symbol, Side side, const char* account = "ACC1", const char* strategy = "momo") {
    core::Event event{};
    event.type = core::EventType::Fill;
    event.fill.account = engine_->names().accounts.find(account);
    event.fill.strategy = engine_->names().strategies.find(strategy);
    event.fill.symbol = engine_->names().symbols.find(symbol);
    event.fill.client = engine_->names().clients.find("c1");
    event.fill.side = side;
    event.fill.quantity = {100 * unit};
    event.fill.price = {100 * unit};
    event.fill.id = event.fill.exec_id = Id::from("f" + std::to_string(++fills_));
    apply(event);
  }
  std::uint64_t known() {
    book_.follow(*engine_, std::make_shared<model::Backing>());
    return book_.known();
  }

  std::optional<core::Engine> engine_;
  LiveBook book_;
  std::int64_t now_ns_ = 0;
  int fills_ = 0;
};

TEST_F(LiveBookTest, WithoutAMarkNeitherTheExposureNorTheProfitOfAPositionIsKnown) {
  fill("AAPL", Side::Buy);
  EXPECT_EQ(known(), 0U);
  EXPECT_EQ(book_.why_not(), "AAPL: no mark");
  mark("AAPL");
  EXPECT_EQ(known(), exposure | profit);
}

TEST_F(LiveBookTest, WhatTwoAccountsHoldAgainstEachOtherIsNotKnownWithoutAMarkEither) {
  fill("AAPL", Side::Buy);
  fill("AAPL", Side::Sell, "ACC2", "slow");
  EXPECT_EQ(known(), 0U);
  mark("AAPL");
  EXPECT_EQ(known(), exposure | profit);
}

TEST_F(LiveBookTest, AProfitInACurrencyWithoutARateIsNotKnownAlsoWhenThePositionIsGone) {
  mark("SAP");
  fill("SAP", Side::Buy);
  EXPECT_EQ(known(), 0U);
  fill("SAP", Side::Sell);
  EXPECT_EQ(known(), exposure);
  EXPECT_EQ(book_.why_not(), "EUR has no rate");
}

}  // namespace

}  // namespace bulwark::process
