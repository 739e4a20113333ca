// SPDX-License-Identifier: Apache-2.0
// A journal followed from outside tells the same as the commands that read it whole: the book, and what happened.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sidecar/config/load.h"
#include "sidecar/simulate/recorded_rules.h"
#include "sidecar/simulate/simulate.h"
#include "sidecar/simulate/simulated_journal.h"
#include "sidecar/view/book.h"
#include "sidecar/view/happenings.h"
#include "sidecar/view/orders.h"
#include "sidecar/view/risk.h"
#include "sidecar/view/watcher.h"

namespace bulwark::view {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* configuration = R"(
[instance]
name = "desk"
[instruments]
file = "instruments.csv"
[account.ACC1]
equity = "1000000"
[strategy.momo]
account = "ACC1"
[limit.one-order]
metric = "order_notional"
max = "20000"
[limit.size]
metric = "position"
max = "150"
)";

constexpr const char* events = R"({"t":1,"type":"mark","symbol":"AAPL","bid":"99.99","ask":"100.01"}
{"t":2,"type":"intent","client":"c1","strategy":"momo","id":"o1","symbol":"AAPL","side":"buy","quantity":"100","price":"100"}
{"t":3,"type":"fill","id":"o1","exec_id":"e1","quantity":"40","price":"100"}
{"t":4,"type":"intent","client":"c1","strategy":"momo","id":"o2","symbol":"AAPL","side":"buy","quantity":"300","price":"100"}
{"t":5,"type":"intent","client":"c1","strategy":"momo","id":"o3","symbol":"AAPL","side":"buy","quantity":"40"}
{"t":6,"type":"control","command":"halt","on":{"symbol":"AAPL"},"operator":"Ada","reason":"looks odd"}
{"t":7,"type":"control","command":"override","limit":"size","max":"300","until":1,"operator":"Ada","reason":"too late"}
{"t":8,"type":"control","command":"override","limit":"size","max":"300","until":90,"operator":"Ada","reason":"in time"}
)";

class View : public testing::Test {
protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("bulwark-view-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "desk.toml") << configuration;
    std::ofstream(folder_ / "instruments.csv")
        << "symbol,sector,currency,multiplier,tick_size,lot_size,adv\nAAPL,Tech,,,,,\n";
    const config::LoadResult loaded = config::load((folder_ / "desk.toml").string(), {});
    ASSERT_TRUE(loaded.good()) << config::format(loaded.mistakes.front());
    simulate::SimulatedJournal journal(journal_directory(), config::freeze(loaded.settings));
    std::istringstream in(events);
    std::ostringstream out;
    simulate::simulate(loaded.settings.rules, false, in, out, &journal);
    journal.finish();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string journal_directory() const { return (folder_ / "journal").string(); }
  std::vector<Json> happened(std::uint64_t from) const {
    Happenings happenings(journal_directory(), from);
    std::vector<Json> rows;
    for (int k = 0; k < 2; ++k)
      EXPECT_TRUE(happenings.follow([&](const Json& row) { rows.push_back(row); })) << happenings.why_not();
    EXPECT_TRUE(happenings.follow([&](const Json& row) { ADD_FAILURE() << "told twice: " << row; }));
    return rows;
  }

  std::filesystem::path folder_;
};

TEST_F(View, TellsRefusalsWithWhatWasAskedAndNothingOfWhatWentWell) {
  std::vector<Json> refusals;
  for (const Json& row : happened(1)) {
    if (row["type"] == "verdict") refusals.push_back(row);
    EXPECT_NE(row["type"], "mark");
    EXPECT_NE(row["type"], "fill");
  }
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0]["reason"], "order_notional");
  EXPECT_EQ(refusals[0]["limit"], "one-order");
  EXPECT_EQ(refusals[0]["value"], "30000");
  EXPECT_EQ(refusals[0]["asked"]["symbol"], "AAPL");
  EXPECT_EQ(refusals[0]["asked"]["quantity"], "300");
  EXPECT_EQ(refusals[0]["asked"]["strategy"], "momo");
}

TEST_F(View, TellsNothingOfWhatWasRefusedToAPerson) {
  std::vector<std::string> reasons;
  for (const Json& row : happened(1)) {
    if (row["type"] == "control") reasons.push_back(row["reason"].get<std::string>());
  }
  EXPECT_EQ(reasons, (std::vector<std::string>{"looks odd", "in time"}));
}

TEST_F(View, WhatIsHeldBackIsToldByAReaderThatGoesOnThere) {
  const std::vector<Json> all = happened(1);
  for (std::uint64_t most = 1; most <= all.back()["seq"].get<std::uint64_t>(); ++most) {
    std::vector<Json> rows;
    const auto tell = [&rows](const Json& row) { rows.push_back(row); };
    Happenings first(journal_directory(), 1);
    first.follow(tell, most);
    Happenings second(journal_directory(), first.sequence() + 1);
    second.follow(tell);
    second.follow(tell);
    EXPECT_EQ(rows, all) << "after record " << most;
  }
}

TEST_F(View, BeginsWhereItIsToldTo) {
  const std::vector<Json> all = happened(1);
  ASSERT_GT(all.size(), 2U);
  const std::uint64_t from = all[1]["seq"].get<std::uint64_t>();
  EXPECT_EQ(happened(from), std::vector<Json>(all.begin() + 1, all.end()));
}

TEST_F(View, KnowsTheBookAndTheWorkingOrders) {
  Watcher watcher(journal_directory());
  EXPECT_EQ(watcher.engine(), nullptr);
  ASSERT_TRUE(watcher.follow()) << watcher.why_not();
  ASSERT_NE(watcher.engine(), nullptr);
  EXPECT_EQ(book_json(*watcher.engine()), book_json(*book_of(journal_directory())));
  const Json orders = orders_json(*watcher.engine(), 10);
  EXPECT_EQ(orders["count"], 2);
  EXPECT_EQ(orders["newest"][0]["id"], "o3");
  EXPECT_TRUE(orders["newest"][0]["price"].is_null());
  EXPECT_EQ(orders["newest"][1]["filled"], "40");
  EXPECT_EQ(orders_json(*watcher.engine(), 1)["newest"].size(), 1U);
  EXPECT_EQ(orders_json(*watcher.engine(), 1)["count"], 2);
}

TEST_F(View, SaysThatAJournalIsDamagedAndGoesOnWhenItIsWholeAgain) {
  const std::vector<std::string> files = journal::journal_files(journal_directory());
  ASSERT_EQ(files.size(), 1U);
  const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(files[0]) / 2);
  const auto flip = [&] {
    std::fstream bytes(files[0], std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(middle);
    const char was = static_cast<char>(bytes.get());
    bytes.seekp(middle);
    bytes.put(static_cast<char>(was ^ 1));
  };
  flip();
  Watcher watcher(journal_directory());
  EXPECT_FALSE(watcher.follow());
  EXPECT_NE(watcher.why_not().find("byte"), std::string::npos) << watcher.why_not();
  EXPECT_EQ(watcher.engine(), nullptr);
  flip();
  EXPECT_TRUE(watcher.follow()) << watcher.why_not();
  EXPECT_EQ(watcher.why_not(), "");
}

// What is nothing less nothing is no figure.
TEST(LiveRisk, DrawdownIsUnknownWithoutAPeakAndAZeroHasNoMinus) {
  shm::RiskPicture picture{};
  picture.figures.known = shm::risk_known::profit;
  picture.figures.equity = -5;
  picture.figures.fees = -0.0;
  const auto risk = [&picture] { return risk_json(picture, [](std::string_view, std::uint64_t) { return ""; }); };
  EXPECT_TRUE(risk()["drawdown"].is_null());
  EXPECT_EQ(risk()["profit"]["fees"].dump(), "0.0");
  picture.figures.peak = 100;
  picture.figures.drawdown = 1.05;
  EXPECT_EQ(risk()["drawdown"], 1.05) << "more than everything is lost, and that is known";
}

}  // namespace
}  // namespace bulwark::view
