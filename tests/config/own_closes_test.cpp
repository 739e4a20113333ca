// SPDX-License-Identifier: Apache-2.0
// The instance's own closes go on where the price file ends, and stand alone where there is none.
#include <gtest/gtest.h>

#include "sidecar/config/build_model.h"
#include "tests/config/support.h"

namespace bulwark::config {
namespace {

class OwnClosesTest : public testing::Test {
protected:
  BuiltModel build(std::string_view own, std::string_view prices = {}) const {
    folder.write("closes.csv", own);
    if (!prices.empty()) folder.write("prices.csv", prices);
    model::Source source;
    source.closes = folder.path("closes.csv");
    if (!prices.empty()) source.prices = folder.path("prices.csv");
    core::Rules rules;
    rules.instruments = {{"AAPL", "", "USD"}, {"MSFT", "", "USD"}};
    return build_model(source, rules);
  }
  const Folder folder;
};

constexpr std::string_view prices = "date,AAPL,MSFT\n2024-01-02,100,200\n2024-01-03,101,204\n2024-01-04,102,203\n";

TEST_F(OwnClosesTest, TheyGoOnWhereTheFileEnds) {
  const BuiltModel built = build(
      "2024-01-04,AAPL,1\n2024-01-04,MSFT,1\n2024-01-05,MSFT,201\n2024-01-05,AAPL,103\n2024-01-05,OTHER,9\n", prices);
  ASSERT_TRUE(built.mistakes.empty());
  EXPECT_EQ(built.closes.dates, (std::vector<std::string>{"2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"}));
  EXPECT_EQ(built.closes.at(2, 0), 102) << "the file's own word counts";
  EXPECT_EQ(built.closes.at(3, 0), 103);
  EXPECT_EQ(built.closes.at(3, 1), 201);
}

TEST_F(OwnClosesTest, ADateThatLacksASymbolIsLeftOut) {
  EXPECT_EQ(build("2024-01-05,AAPL,103\n", prices).closes.dates.size(), 3U);
}

TEST_F(OwnClosesTest, WithoutAFileTheyStandAlone) {
  std::string own;
  for (const char* date : {"2024-01-02", "2024-01-03", "2024-01-04"}) own += std::string(date) + ",MSFT,200\n";
  const BuiltModel built = build(own);
  EXPECT_EQ(built.closes.symbols, std::vector<std::string>{"MSFT"});
  EXPECT_EQ(built.model.symbols, std::vector<std::string>{"MSFT"});
}

TEST_F(OwnClosesTest, TooFewMakeNoModel) {
  const BuiltModel built = build("2024-01-02,MSFT,200\n2024-01-03,MSFT,200\n");
  EXPECT_TRUE(built.mistakes.empty());
  EXPECT_TRUE(built.model.symbols.empty());
}

TEST_F(OwnClosesTest, ALastLineThatWasCutOffIsLeftOut) {
  const std::string whole = "2024-01-05,AAPL,103\n2024-01-05,MSFT,201\n";
  EXPECT_TRUE(build(whole, prices).remarks.empty());
  for (const std::string& cut : {std::string("2024-01-08,AAPL,1"), std::string("2024"), std::string(40, '\0')}) {
    const BuiltModel built = build(whole + cut, prices);
    ASSERT_TRUE(built.mistakes.empty()) << format(built.mistakes.front());
    EXPECT_EQ(built.closes.dates.back(), "2024-01-05");
    ASSERT_EQ(built.remarks.size(), 1U);
    EXPECT_EQ(folder.without_folder(built.remarks[0]), "closes.csv: its last line was cut off, and is left out");
  }
}

TEST_F(OwnClosesTest, DamageIsTold) {
  for (const char* line : {"2024-01-05,AAPL\n", "2024-01-05,AAPL,0\n", "5.1.2024,AAPL,1\n", "2024-01-05,AAPL,x\n"}) {
    const BuiltModel built = build(line, prices);
    ASSERT_EQ(built.mistakes.size(), 1U) << line;
    EXPECT_EQ(built.mistakes[0].place.line, 1);
  }
}

}  // namespace
}  // namespace bulwark::config
