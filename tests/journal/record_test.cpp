// SPDX-License-Identifier: Apache-2.0
// Records: whatever goes in comes out, of every type, and what is no record is not taken for one.
#include <gtest/gtest.h>

#include "tests/journal/events.h"
#include "tests/journal/ring_memory.h"

namespace bulwark::journal {
namespace {

using test::Dice;

// What the consumer takes next, decoded.
Record take(RingConsumer& consumer) {
  Commit commit{};
  std::uint64_t words[record_words_max];
  Record record{};
  EXPECT_TRUE(consumer.take(commit, words));
  consumer.release();
  EXPECT_TRUE(decode(commit, {words, commit.words}, record));
  return record;
}

template <class Part>
void expect_same(const Part& read, const Part& written) {
  EXPECT_EQ(std::memcmp(&read, &written, sizeof read), 0);
}

TEST(Record, EveryEventComesBackAsItWas) {
  Dice dice(1);
  const test::RingMemory memory(64);
  RingProducer producer = memory.producer();
  RingConsumer consumer(memory.view());
  for (std::uint64_t n = 1; n <= 20'000; ++n) {
    const core::Event event = test::random_event(dice);
    ASSERT_TRUE(producer.has_room());
    if (event.type == core::EventType::Intent && dice.coin()) producer.append_intent(event);
    else producer.append(event);
    const Record record = take(consumer);
    ASSERT_EQ(record.sequence, n);
    ASSERT_EQ(record.t, event.t);
    ASSERT_EQ(std::memcmp(&record.event, &event, sizeof event), 0) << "type " << static_cast<int>(event.type);
  }
}

TEST(Record, EveryOutputComesBackAsItWas) {
  Dice dice(4);
  const test::RingMemory memory(64);
  RingProducer producer = memory.producer();
  RingConsumer consumer(memory.view());
  for (std::uint64_t n = 1; n <= 20'000; ++n) {
    const Record written = test::random_output(dice);
    ASSERT_TRUE(producer.has_room());
    switch (written.type) {
      case RecordType::Error: producer.append_error(written.t, written.error); break;
      case RecordType::Verdict:
        producer.append(written.t, written.verdict, written.basis, written.shrinking, written.client);
        break;
      case RecordType::Objection: producer.append(written.t, written.objection); break;
      case RecordType::Sized: producer.append(written.t, written.sized); break;
      default: producer.append(written.t, written.line);
    }
    const Record read = take(consumer);
    ASSERT_EQ(read.type, written.type);
    ASSERT_EQ(read.t, written.t);
    ASSERT_EQ(read.error, written.error);
    ASSERT_EQ(read.shrinking.factor, written.shrinking.factor);
    ASSERT_EQ(read.shrinking.cause, written.shrinking.cause);
    ASSERT_EQ(read.sized, written.sized);
    expect_same(read.verdict, written.verdict);
    expect_same(read.basis, written.basis);
    ASSERT_EQ(read.client, written.client);
    expect_same(read.objection, written.objection);
    expect_same(read.line, written.line);
    ASSERT_FALSE(HasFailure()) << "record " << n;
  }
}

TEST(Record, NotesComeBackAsTheyWere) {
  const test::RingMemory memory(64);
  RingProducer producer = memory.producer();
  RingConsumer consumer(memory.view());
  for (const RecordType type :
       {RecordType::Configuration, RecordType::Start, RecordType::End, RecordType::Lease, RecordType::Stop}) {
    producer.append(type, Note{{12}, 34, 56});
    Commit commit{};
    std::uint64_t words[record_words_max];
    ASSERT_TRUE(consumer.take(commit, words));
    Record record;
    ASSERT_TRUE(decode(commit, {words, commit.words}, record));
    EXPECT_EQ(record.type, type);
    EXPECT_EQ(record.t.ns, 12);
    EXPECT_EQ(record.note.a, 34U);
    EXPECT_EQ(record.note.b, 56U);
  }
}

TEST(Record, RemarksComeBackAsTheyWere) {
  const test::RingMemory memory(64);
  RingProducer producer = memory.producer();
  RingConsumer consumer(memory.view());
  const Remark longest{{12}, Name::from(std::string(32, 'n')), Text<247>::from(std::string(247, 't'))};
  for (const Remark& remark : {Remark{}, longest}) {
    const std::uint64_t before = producer.used_lines();
    producer.append(remark);
    EXPECT_LE(producer.used_lines() - before, record_lines_max);
    Commit commit{};
    std::uint64_t words[record_words_max];
    ASSERT_TRUE(consumer.take(commit, words));
    consumer.release();
    Record record;
    ASSERT_TRUE(decode(commit, {words, commit.words}, record));
    EXPECT_EQ(record.type, RecordType::Remark);
    EXPECT_EQ(record.t, remark.t);
    EXPECT_EQ(record.remark.operator_name, remark.operator_name);
    EXPECT_EQ(record.remark.text, remark.text);
  }
}

TEST(Record, TheCommonOrderAndItsVerdictTakeThreeLines) {
  core::Event event{};
  event.type = core::EventType::Intent;
  event.intent.id = Id::from("0123456789abcdef0123456789abcdef");
  core::Verdict verdict{};
  verdict.decision = Decision::Accepted;
  const test::RingMemory memory(64);
  RingProducer producer = memory.producer();
  producer.append_intent(event);
  EXPECT_EQ(producer.used_lines(), 2U);
  producer.append({1}, verdict, {}, {}, {});
  EXPECT_EQ(producer.used_lines(), 3U);
}

TEST(Record, TheLargestFitWhatIsReservedForThem) {
  const test::RingMemory memory(64);
  RingProducer producer = memory.producer();
  std::uint64_t before = 0;
  const auto lines = [&] { return producer.used_lines() - std::exchange(before, producer.used_lines()); };
  core::Event event{};
  event.type = core::EventType::Control;
  event.control.operator_name = Name::from(std::string(32, 'x'));
  event.control.reason = Sentence::from(std::string(127, 'x'));
  producer.append(event);
  EXPECT_LE(lines(), record_lines_max);
  core::Verdict verdict{};
  verdict.has_on = true;
  verdict.limit = LimitIndex{7};
  verdict.value = verdict.max = Value::of(ValueKind::Money, 1);
  producer.append({1}, verdict, {}, {unit / 2, Sentence::from(std::string(127, 'x'))}, {});
  EXPECT_LE(lines(), record_lines_max);
  core::Line line{};
  line.type = core::LineType::Liquidation;
  line.value = line.max = verdict.value;
  line.id = Id::from(std::string(64, 'x'));
  line.cause = Sentence::from(std::string(127, 'x'));
  producer.append({1}, line);
  EXPECT_LE(lines(), record_lines_max);
}

// The checksum keeps damage out; a record of another build, or a forged one, must still not be read beyond its end.
TEST(Record, AnyChangeOfLengthIsRefused) {
  Dice dice(2);
  const test::RingMemory memory(64);
  RingProducer producer = memory.producer();
  RingConsumer consumer(memory.view());
  for (int i = 0; i < 4'000; ++i) {
    producer.has_room();
    test::append_random(producer, dice);
    Commit commit{};
    std::uint64_t words[record_words_max + 1] = {};
    ASSERT_TRUE(consumer.take(commit, std::span<std::uint64_t, record_words_max>(words, record_words_max)));
    consumer.release();
    Record record;
    EXPECT_FALSE(decode(commit, {words, commit.words - 1U}, record));
    EXPECT_FALSE(decode(commit, {words, commit.words + 1U}, record));
  }
  Record record;
  const std::uint64_t words[3] = {};
  EXPECT_FALSE(decode({1, 3, RecordType::None}, words, record));
  EXPECT_FALSE(decode({1, 3, RecordType{63}}, words, record));
  EXPECT_FALSE(decode({1, 3, RecordType::Seal}, words, record));
  EXPECT_FALSE(decode({1, 3, RecordType{200}}, words, record));
}

}  // namespace
}  // namespace bulwark::journal
