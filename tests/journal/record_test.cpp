// SPDX-License-Identifier: Apache-2.0
// Records: whatever goes in comes out, of every type, and what is no record is not taken for one.
#include <gtest/gtest.h>

#include "tests/journal/events.h"
#include "tests/journal/ring_memory.h"

namespace bulwark::journal {
namespace {

using test::Dice;

bool same_verdict(const core::Verdict& a, const core::Verdict& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

TEST(Record, EveryEventComesBackAsItWas) {
  Dice dice(1);
  const test::RingMemory memory(64);
  RingProducer producer = memory.producer();
  RingConsumer consumer(memory.view());
  for (std::uint64_t n = 1; n <= 20'000; ++n) {
    const core::Event event = test::random_event(dice);
    const Outcome outcome = test::random_outcome(dice);
    ASSERT_TRUE(producer.has_room());
    if (event.type == core::EventType::Intent && dice.coin()) producer.append_intent(event, outcome);
    else producer.append(event, outcome);
    Commit commit{};
    std::uint64_t words[record_words_max];
    ASSERT_TRUE(consumer.take(commit, words));
    consumer.release();
    Record record;
    ASSERT_TRUE(decode(commit, {words, commit.words}, record));
    ASSERT_EQ(record.sequence, n);
    ASSERT_EQ(std::memcmp(&record.event, &event, sizeof event), 0) << "type " << static_cast<int>(event.type);
    ASSERT_EQ(record.outcome.error, outcome.error);
    ASSERT_EQ(record.outcome.has_verdict, outcome.has_verdict);
    ASSERT_EQ(record.outcome.has_sized, outcome.has_sized);
    ASSERT_EQ(record.outcome.sized, outcome.sized);
    ASSERT_TRUE(same_verdict(record.outcome.verdict, outcome.verdict));
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
    EXPECT_EQ(record.note.t.ns, 12);
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
    EXPECT_EQ(record.note.t, remark.t);
    EXPECT_EQ(record.remark.operator_name, remark.operator_name);
    EXPECT_EQ(record.remark.text, remark.text);
  }
}

TEST(Record, TheCommonIntentTakesTwoLines) {
  core::Event event{};
  event.type = core::EventType::Intent;
  event.intent.id = Id::from("0123456789abcdef0123456789abcdef");
  Outcome outcome{};
  outcome.has_verdict = true;
  outcome.verdict.decision = Decision::Accepted;
  const test::RingMemory memory(64);
  RingProducer producer = memory.producer();
  producer.append_intent(event, outcome);
  EXPECT_EQ(producer.used_lines(), 2U);
}

TEST(Record, TheLargestFitsWhatIsReservedForIt) {
  core::Event event{};
  event.type = core::EventType::Replace;
  event.replace.id = event.replace.new_id = Id::from(std::string(64, 'x'));
  Outcome outcome{};
  outcome.has_verdict = outcome.verdict.has_on = true;
  outcome.verdict.limit = LimitIndex{7};
  outcome.verdict.value = outcome.verdict.max = Value::of(ValueKind::Money, 1);
  const test::RingMemory memory(64);
  RingProducer producer = memory.producer();
  producer.append(event, outcome);
  EXPECT_LE(producer.used_lines(), record_lines_max);
  event.type = core::EventType::Control;
  event.control.operator_name = Name::from(std::string(32, 'x'));
  event.control.reason = Sentence::from(std::string(127, 'x'));
  const std::uint64_t before = producer.used_lines();
  producer.append(event, outcome);
  EXPECT_LE(producer.used_lines() - before, record_lines_max);
}

// The checksum keeps damage out; a record of another build, or a forged one, must still not be read beyond its end.
TEST(Record, AnyChangeOfLengthIsRefused) {
  Dice dice(2);
  const test::RingMemory memory(64);
  RingProducer producer = memory.producer();
  RingConsumer consumer(memory.view());
  for (int i = 0; i < 2'000; ++i) {
    producer.has_room();
    producer.append(test::random_event(dice), test::random_outcome(dice));
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
  EXPECT_FALSE(decode({1, 3, RecordType{200}}, words, record));
}

}  // namespace
}  // namespace bulwark::journal
