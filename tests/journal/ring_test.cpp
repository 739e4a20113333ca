// SPDX-License-Identifier: Apache-2.0
// The ring: order, wrapping, full and empty, what an earlier lap leaves behind, and two threads at it.
#include <gtest/gtest.h>

#include <thread>

#include "tests/journal/events.h"
#include "tests/journal/ring_memory.h"

namespace bulwark::journal {
namespace {

using test::Dice;
using test::RingMemory;

core::Event intent(std::uint64_t n) {
  core::Event event{};
  event.type = core::EventType::Intent;
  event.t = {static_cast<std::int64_t>(n)};
  event.intent.id = Id::from(std::string(n % 65, 'x'));
  event.intent.quantity = {static_cast<std::int64_t>(n * 31)};
  return event;
}

void expect_intent(const Commit& commit, const std::uint64_t* words, std::uint64_t n) {
  Record record;
  ASSERT_TRUE(decode(commit, {words, commit.words}, record));
  ASSERT_EQ(record.sequence, n);
  ASSERT_EQ(record.event.intent.id.size, n % 65);
  ASSERT_EQ(record.event.intent.quantity.raw, static_cast<std::int64_t>(n * 31));
}

TEST(Ring, AnEmptyOneHoldsNothing) {
  const RingMemory memory(16);
  RingConsumer consumer(memory.view());
  Commit commit{};
  std::uint64_t words[record_words_max];
  EXPECT_FALSE(consumer.take(commit, words));
  EXPECT_EQ(consumer.next_sequence(), 1U);
}

TEST(Ring, FullRefusesAndRoomComesBackOnlyWithRelease) {
  const RingMemory memory(16);
  RingProducer producer = memory.producer();
  RingConsumer consumer(memory.view());
  std::uint64_t n = 0;
  for (; producer.has_room(); ++n) producer.append_intent(intent(8));
  EXPECT_EQ(n, 10U);  // 16 lines, one of them always free, room for a largest record before each
  Commit commit{};
  std::uint64_t words[record_words_max];
  while (consumer.take(commit, words)) {
  }
  EXPECT_FALSE(producer.has_room());  // taken, but not durable
  consumer.release();
  EXPECT_TRUE(producer.has_room());
  EXPECT_EQ(producer.used_lines(), 0U);
}

TEST(Ring, EveryRecordComesOnceAndInOrderThroughManyLaps) {
  const RingMemory memory(32);
  RingProducer producer = memory.producer();
  RingConsumer consumer(memory.view());
  Dice dice(3);
  std::uint64_t in = 0, out = 0;
  Commit commit{};
  std::uint64_t words[record_words_max];
  while (out < 50'000) {
    for (std::uint64_t k = dice.below(8); k > 0 && producer.has_room(); --k) {
      ++in;
      producer.append_intent(intent(in));
    }
    for (std::uint64_t k = dice.below(8); k > 0 && consumer.take(commit, words); --k)
      expect_intent(commit, words, ++out);
    if (dice.coin()) consumer.release();
  }
}

// Whoever comes after a crash finds the first record that was not durable, and stops behind the last whole one.
TEST(Ring, ANewConsumerBeginsAtWhatIsNotDurable) {
  const RingMemory memory(32);
  RingProducer producer = memory.producer();
  std::uint64_t n = 0;
  for (std::uint64_t lap = 0; lap < 200; ++lap) {
    const std::uint64_t durable = n;
    for (int k = 0; k < 4; ++k) {
      ++n;
      ASSERT_TRUE(producer.has_room());
      producer.append_intent(intent(n));
    }
    RingConsumer after_crash(memory.view());
    Commit commit{};
    std::uint64_t words[record_words_max];
    for (std::uint64_t k = durable + 1; k <= n; ++k) {
      ASSERT_TRUE(after_crash.take(commit, words));
      expect_intent(commit, words, k);
    }
    ASSERT_FALSE(after_crash.take(commit, words));
    after_crash.release();
  }
}

// A client chooses its ids. One that looks like the commit word of a record to come must not be taken for it.
TEST(Ring, AnIdThatLooksLikeACommitWordIsNone) {
  const RingMemory memory(16);
  RingProducer producer = memory.producer();
  RingConsumer consumer(memory.view());
  Commit commit{};
  std::uint64_t words[record_words_max];
  for (std::uint64_t n = 1; n < 2'000; ++n) {
    core::Event event = intent(n);
    event.intent.id = {};
    event.intent.id.size = 64;
    for (std::size_t i = 0; i < 64; i += 8) {
      const std::uint64_t forged = Commit{n + 1 + i / 8, 9, RecordType{4}}.word();
      std::memcpy(event.intent.id.bytes + i, &forged, sizeof forged);
    }
    ASSERT_TRUE(producer.has_room());
    producer.append_intent(event);
    ASSERT_TRUE(consumer.take(commit, words));
    ASSERT_EQ(commit.sequence, n);
    ASSERT_FALSE(consumer.take(commit, words)) << "after record " << n;
    consumer.release();
  }
}

TEST(Ring, TwoThreadsAgree) {
  constexpr std::uint64_t count = 200'000;
  const RingMemory memory(64);
  std::thread writer([&memory] {
    RingProducer producer = memory.producer();
    for (std::uint64_t n = 1; n <= count; ++n) {
      while (!producer.has_room()) std::this_thread::yield();
      producer.append_intent(intent(n));
    }
  });
  RingConsumer consumer(memory.view());
  Commit commit{};
  std::uint64_t words[record_words_max];
  for (std::uint64_t n = 1; n <= count;) {
    if (consumer.take(commit, words)) {
      expect_intent(commit, words, n++);
      if (HasFatalFailure()) break;
    } else {
      consumer.release();
      std::this_thread::yield();
    }
  }
  consumer.release();
  writer.join();
}

}  // namespace
}  // namespace bulwark::journal
