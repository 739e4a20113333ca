// SPDX-License-Identifier: Apache-2.0
// Marks between a publisher and the hot loop: nothing torn, nothing lost, nothing waited for, whatever the table holds.
#include "shm/marks.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "shm/memfd.h"

using namespace bulwark;
using namespace bulwark::shm;

namespace {

struct Table {
  explicit Table(std::size_t count)
      : memory(::mmap(nullptr, marks_bytes(count), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
               marks_bytes(count)),
        table(&make_marks(memory.get(), count, 1)) {}

  MappedBytes memory;
  MarksTable* table;
};

// A quote whose parts betray tearing.
Quote quote_of(std::int64_t i) { return {{i * 3 + 1}, {i * 3 + 2}, {i * 3 + 3}}; }
bool whole(const Quote& quote) {
  return quote.bid.raw % 3 == 1 && quote.ask.raw == quote.bid.raw + 1 && quote.last.raw == quote.bid.raw + 2;
}

std::map<std::uint32_t, Quote> take_all(MarksReader& reader) {
  std::map<std::uint32_t, Quote> found;
  for (int i = 0; i < 10'000 && reader.waiting(); ++i) {
    reader.take(64, [&](QuoteIndex index, const Quote& quote) { found[static_cast<std::uint32_t>(index)] = quote; });
  }
  return found;
}

}  // namespace

TEST(Marks, EveryQuoteArrivesOnceAndTheLatest) {
  Table memory(35'000);
  MarksWriter writer(*memory.table);
  MarksReader reader(*memory.table, 35'000);
  EXPECT_FALSE(reader.waiting());
  for (const std::uint32_t index : {1U, 63U, 64U, 1023U, 1024U, 34'999U}) {
    ASSERT_TRUE(writer.write(QuoteIndex{index}, quote_of(1), {5}));
    ASSERT_TRUE(writer.write(QuoteIndex{index}, quote_of(index), {6}));
  }
  EXPECT_FALSE(writer.write(QuoteIndex{0}, quote_of(1), {5}));
  EXPECT_FALSE(writer.write(QuoteIndex{35'000}, quote_of(1), {5}));
  const auto found = take_all(reader);
  ASSERT_EQ(found.size(), 6U);
  for (const auto& [index, quote] : found) EXPECT_EQ(quote.bid.raw, quote_of(index).bid.raw);
  EXPECT_FALSE(reader.waiting());
  EXPECT_TRUE(take_all(reader).empty());
}

TEST(Marks, TheBudgetIsKeptAndTheRestComesLater) {
  Table memory(5'000);
  MarksWriter writer(*memory.table);
  MarksReader reader(*memory.table, 5'000);
  for (std::uint32_t i = 1; i < 5'000; ++i) ASSERT_TRUE(writer.write(QuoteIndex{i}, quote_of(i), {1}));
  std::size_t seen = 0, calls = 0;
  while (reader.waiting()) {
    const std::size_t taken = reader.take(10, [](QuoteIndex, const Quote&) {});
    ASSERT_LE(taken, 10U);
    seen += taken;
    ASSERT_LT(++calls, 2'000U);
  }
  EXPECT_EQ(seen, 4'999U);
}

TEST(Marks, ASlotThatIsBeingWrittenIsPassedOver) {
  Table memory(10);
  MarksWriter writer(*memory.table);
  MarksReader reader(*memory.table, 10);
  ASSERT_TRUE(writer.write(QuoteIndex{3}, quote_of(3), {1}));
  mark_slots(*memory.table)[3].sequence.store(7);  // a writer that died in the middle
  EXPECT_TRUE(take_all(reader).empty());
  EXPECT_EQ(reader.torn_count(), 1U);
  EXPECT_FALSE(reader.waiting()) << "its writer says when it is worth another look";
  ASSERT_TRUE(writer.write(QuoteIndex{3}, quote_of(4), {1}));
  EXPECT_EQ(take_all(reader).size(), 1U);
}

TEST(Marks, WhatNobodyMaySayIsCountedAndNotHandedOver) {
  Table memory(10);
  MarksWriter writer(*memory.table);
  MarksReader reader(*memory.table, 10);
  for (const Quote& quote : {Quote{{1}, {0}, {0}}, Quote{{0}, {1}, {5}}, Quote{}, Quote{{-1}, {-1}, {1}},
                             Quote{{1}, {1}, {INT64_MIN}}, Quote{{decimal_raw_max + 1}, {1}, {1}}}) {
    ASSERT_TRUE(writer.write(QuoteIndex{1}, quote, {1}));
    EXPECT_TRUE(take_all(reader).empty());
  }
  dirty_words(*memory.table)[0].store(1);                         // row 0 is nobody
  dirty_words(*memory.table)[dirty_word_count - 1].store(~0ULL);  // far behind the last quote
  memory.table->dirty_summary.store(~0ULL);
  memory.table->quote_count = ~0ULL;
  EXPECT_TRUE(take_all(reader).empty());
  EXPECT_EQ(reader.malformed_count(), 6U + 1U + 64U);
}

TEST(Marks, TwoThreadsNothingTornNothingLost) {
  constexpr std::uint32_t quotes = 200;
  constexpr std::int64_t rounds = 3'000;
  Table memory(quotes);
  // Plain memory beside the table: ThreadSanitizer finds a race in it where the table's stores and loads do not order
  // it.
  std::vector<std::int64_t> published_with(rounds + 1);
  std::thread publisher([&] {
    MarksWriter writer(*memory.table);
    for (std::int64_t i = 1; i <= rounds; ++i) {
      published_with[static_cast<std::size_t>(i)] = i;
      for (std::uint32_t index = 1; index < quotes; index += 7) writer.write(QuoteIndex{index}, quote_of(i), {i});
    }
  });
  MarksReader reader(*memory.table, quotes);
  std::map<std::uint32_t, std::int64_t> last;
  const auto each = [&](QuoteIndex index, const Quote& quote) {
    EXPECT_TRUE(whole(quote));
    std::int64_t& before = last[static_cast<std::uint32_t>(index)];
    EXPECT_GE(quote.bid.raw, before) << "never back to an older one";
    before = quote.bid.raw;
    const std::int64_t round = quote.bid.raw / 3;
    EXPECT_EQ(published_with[static_cast<std::size_t>(round)], round);
  };
  bool all = false;
  while (!all) {
    if (reader.take(32, each) == 0) std::this_thread::yield();
    all = last.size() == (quotes + 5) / 7;
    for (const auto& [index, bid] : last) all = all && bid == quote_of(rounds).bid.raw;  // the last one always comes
  }
  publisher.join();
}

TEST(Marks, AHostilePublisherGetsNothingIllFormedThrough) {
  constexpr std::size_t quotes = 300;
  Table memory(quotes);
  std::atomic<bool> ending{false};
  std::thread publisher([&] {
    std::mt19937_64 random(7);
    MarksWriter writer(*memory.table);
    while (!ending.load(std::memory_order_relaxed)) {
      MarkSlot& slot = mark_slots(*memory.table)[random() % quotes];
      switch (random() % 5) {
        case 0: slot.sequence.store(random()); break;
        case 1: slot.bid.store(static_cast<std::int64_t>(random())); break;
        case 2: dirty_words(*memory.table)[random() % dirty_word_count].store(random()); break;
        case 3: memory.table->dirty_summary.store(random()); break;
        default:
          writer.write(static_cast<QuoteIndex>(random() % quotes), quote_of(static_cast<std::int64_t>(random() % 100)),
                       {1});
      }
    }
  });
  MarksReader reader(*memory.table, quotes);
  std::uint64_t taken = 0;
  for (int pass = 0; pass < 20'000 || taken == 0; ++pass) {
    const std::size_t some = reader.take(64, [&](QuoteIndex index, const Quote& quote) {
      EXPECT_TRUE(at(index) > 0 && at(index) < quotes);
      EXPECT_TRUE(valid(quote));
    });
    ASSERT_LE(some, 64U);
    taken += some;
  }
  ending.store(true, std::memory_order_relaxed);
  publisher.join();
}
