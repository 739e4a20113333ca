// SPDX-License-Identifier: Apache-2.0
// What is written on the risk page is read whole, or not at all.
#include "shm/risk_page.h"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>

namespace bulwark::shm {

namespace {

constexpr std::size_t head = sizeof(RiskFigures) / 8;

// Two symbols, one scenario, two correlated; every number is `mark`.
std::vector<std::uint64_t> words_with(double mark) {
  RiskFigures figures{};
  figures.layout = risk_layout;
  figures.figures_words = head;
  figures.symbols = 2;
  figures.scenarios = 1;
  figures.correlated = 2;
  figures.worst_scenario = 1;
  figures.equity = mark;
  std::vector<std::uint64_t> words(head + 2 * sizeof(RiskRow) / 8 + sizeof(RiskScenario) / 8 + 2 + 4);
  std::memcpy(words.data(), &figures, sizeof figures);
  RiskRow row{};
  row.gross = mark;
  for (std::size_t k = 0; k < 2; ++k) std::memcpy(words.data() + head + k * sizeof row / 8, &row, sizeof row);
  for (std::size_t k = words.size() - 4; k < words.size(); ++k) std::memcpy(&words[k], &mark, 8);
  return words;
}

struct alignas(writer_bytes) Memory {
  static constexpr std::size_t capacity = 512;
  std::byte bytes[sizeof(RiskPage) + capacity * 8]{};
  RiskPage& page = *reinterpret_cast<RiskPage*>(bytes);

  Memory() {
    page.header.bytes = sizeof bytes;
    page.capacity = capacity;
  }
};

TEST(RiskPage, WhatIsShownIsRead) {
  Memory memory;
  EXPECT_FALSE(read_risk(memory.page)) << "there is nothing yet";
  ASSERT_TRUE(show_risk(memory.page, words_with(7)));
  const std::optional<RiskPicture> found = read_risk(memory.page);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->figures.equity, 7);
  ASSERT_EQ(found->symbols.size(), 2U);
  EXPECT_EQ(found->symbols[1].gross, 7);
  EXPECT_EQ(found->scenarios.size(), 1U);
  EXPECT_EQ(found->correlations, std::vector<double>(4, 7));
}

TEST(RiskPage, WhatDoesNotFitIsNotShown) {
  Memory memory;
  ASSERT_TRUE(show_risk(memory.page, words_with(7)));
  memory.page.capacity = 8;
  EXPECT_FALSE(show_risk(memory.page, words_with(8)));
  memory.page.capacity = Memory::capacity;
  EXPECT_EQ(read_risk(memory.page)->figures.equity, 7);
}

// A page that is not as it should be is not read beyond its end, whatever it says of itself.
TEST(RiskPage, NumbersThatDoNotAgreeAreNoPicture) {
  const std::vector<std::uint64_t> good = words_with(7);
  ASSERT_TRUE(picture_of(good));
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(picture_of(std::span(good).first(size)));
  const auto spoiled = [&](auto spoil) {
    std::vector<std::uint64_t> words = good;
    RiskFigures figures;
    std::memcpy(&figures, words.data(), sizeof figures);
    spoil(figures);
    std::memcpy(words.data(), &figures, sizeof figures);
    return picture_of(words).has_value();
  };
  EXPECT_FALSE(spoiled([](RiskFigures& figures) { figures.layout = risk_layout + 1; }));
  EXPECT_FALSE(spoiled([](RiskFigures& figures) { figures.symbols = UINT32_MAX; }));
  EXPECT_FALSE(spoiled([](RiskFigures& figures) { figures.correlated = correlated_max + 1; }));
  EXPECT_FALSE(spoiled([](RiskFigures& figures) { figures.worst_scenario = 2; }));
}

TEST(RiskPage, AWriterThatDiedOverItIsNotWaitedForForEver) {
  Memory memory;
  ASSERT_TRUE(show_risk(memory.page, words_with(7)));
  memory.page.sequence.store(3);
  EXPECT_FALSE(read_risk(memory.page));
  ASSERT_TRUE(show_risk(memory.page, words_with(8)));
  EXPECT_EQ(read_risk(memory.page)->figures.equity, 8);
}

TEST(RiskPage, NobodyReadsHalfOfOneAndHalfOfTheNext) {
  Memory memory;
  ASSERT_TRUE(show_risk(memory.page, words_with(1)));
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (double mark = 1; !stop.load(); ++mark) show_risk(memory.page, words_with(mark));
  });
  int read = 0;
  for (int k = 0; k < 2'000; ++k) {
    const std::optional<RiskPicture> found = read_risk(memory.page);
    if (!found) continue;
    ++read;
    const double mark = found->figures.equity;
    for (const RiskRow& row : found->symbols) EXPECT_EQ(row.gross, mark);
    EXPECT_EQ(found->correlations, std::vector<double>(4, mark));
  }
  stop.store(true);
  writer.join();
  EXPECT_GT(read, 0);
}

}  // namespace

}  // namespace bulwark::shm
