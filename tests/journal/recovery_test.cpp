// SPDX-License-Identifier: Apache-2.0
// Recovery: what was acknowledged is there again, with and without the writer's help; what does not fit is refused.
#include <gtest/gtest.h>

#include <optional>

#include "sidecar/journal/names.h"
#include "sidecar/journal/reader.h"
#include "tests/journal/folder.h"
#include "tests/journal/life.h"

namespace bulwark::journal {
namespace {

using test::Folder;
using test::Life;

class Recovery : public testing::Test {
protected:
  std::string ring() const { return folder / "ring"; }
  std::string directory() const { return folder / "journal"; }
  // Begins a life, the one before it having died where it stood.
  Life& live(const std::string& max = "100") {
    life.reset();
    return life.emplace(directory(), ring(), max);
  }
  std::uint64_t records() const {
    JournalReader reader(directory());
    Record record;
    while (reader.next(record)) {
    }
    EXPECT_EQ(reader.ending().kind, EndKind::Whole) << reader.ending().what;
    return reader.blocks().last_sequence();
  }

  Folder folder;
  std::optional<Life> life;
};

// As SIGKILL leaves it: files and ring as they are, nobody to write on.
struct Wreck {
  Wreck(const std::string& directory, const std::string& ring) : directory_(directory), ring_(ring) {
    image_ = test::bytes_of(ring);
    std::filesystem::copy(directory, directory + ".wreck");
  }
  void lay_out() const {
    std::filesystem::remove_all(directory_);
    std::filesystem::rename(directory_ + ".wreck", directory_);
    test::put_bytes(ring_, image_);
  }

private:
  std::string directory_, ring_;
  std::vector<char> image_;
};

TEST_F(Recovery, AnEmptyJournalBeginsWithItsConfiguration) {
  live().writer.stop();
  JournalReader reader(directory());
  Record record;
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record.type, RecordType::Start);
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record.type, RecordType::Configuration);
  EXPECT_EQ(read_configuration(directory(), record.note.a), "100");
}

TEST_F(Recovery, WorkingOrdersAreThereAgain) {
  ASSERT_TRUE(live().buy("o1", 60));
  ASSERT_TRUE(life->accepted());
  life->end();
  EXPECT_TRUE(live().recovered.replay.ended_clean);
  EXPECT_EQ(life->working(), 60);
  ASSERT_TRUE(life->buy("o2", 41));
  EXPECT_FALSE(life->accepted());
  ASSERT_TRUE(life->buy("o1", 1));  // its id stays used
  EXPECT_EQ(life->verdict.reason, Reason::DuplicateId);
  ASSERT_TRUE(life->buy("o3", 40));
  EXPECT_TRUE(life->accepted());
}

TEST_F(Recovery, WhatOnlyTheRingHeldIsWrittenFirst) {
  live();
  ASSERT_TRUE(life->writer.work());
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(life->buy("o" + std::to_string(i), 1));
  const Wreck wreck(directory(), ring());
  life.reset();
  wreck.lay_out();
  EXPECT_EQ(live().working(), 50);
  EXPECT_FALSE(life->recovered.replay.ended_clean);
  EXPECT_EQ(life->recovered.remarks.size(), 1U);
  life->writer.stop();
  EXPECT_EQ(records(), 4U + 2 * 50U + 2U);
}

// Written, but never known to be durable: the ring gives it again, and nothing is there twice.
TEST_F(Recovery, WhatWasNotSyncedComesFromTheRingAgain) {
  live();
  ASSERT_TRUE(life->writer.work());
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(life->buy("o" + std::to_string(i), 1));
  Wreck wreck(directory(), ring());
  ASSERT_TRUE(life->writer.work());
  std::filesystem::remove_all(directory() + ".wreck");
  std::filesystem::copy(directory(), directory() + ".wreck");  // the files of now, the ring's cursor of before
  life.reset();
  wreck.lay_out();
  EXPECT_EQ(live().working(), 50);
  life->writer.stop();
  EXPECT_EQ(records(), 4U + 2 * 50U + 2U);
}

TEST_F(Recovery, ATornTailIsCutAndSaid) {
  live();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(life->buy("o" + std::to_string(i), 1));
    ASSERT_TRUE(life->writer.work());
  }
  BlockReader reader(directory());
  while (reader.next()) {
  }
  const Wreck wreck(directory(), ring());
  life.reset();
  wreck.lay_out();
  std::filesystem::remove(ring());
  std::filesystem::resize_file(reader.block().file, reader.block().end - 3);
  EXPECT_EQ(live().working(), 4);
  ASSERT_EQ(life->recovered.remarks.size(), 1U);
  EXPECT_NE(life->recovered.remarks[0].find("torn tail"), std::string::npos);
  life.reset();
  EXPECT_EQ(live().working(), 4);
  EXPECT_TRUE(life->recovered.remarks.empty());
}

TEST_F(Recovery, ADamagedJournalIsRefusedAndLeftAsItIs) {
  live();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(life->buy("o" + std::to_string(i), 1));
  life.reset();
  const std::string file = journal_files(directory()).front();
  std::vector<char> bytes = test::bytes_of(file);
  bytes[300] = static_cast<char>(bytes[300] ^ 1);
  test::put_bytes(file, bytes);
  EXPECT_THROW(live(), JournalError);
  EXPECT_EQ(test::bytes_of(file), bytes);
}

TEST_F(Recovery, AnotherDecisionThanTheRecordedOneIsRefused) {
  live("100");
  ASSERT_TRUE(life->buy("o1", 80));
  const std::uint64_t hash = configuration_hash("100");
  life.reset();
  // The same file name with other rules behind it stands for a build that decides otherwise.
  const auto other_rules = [](const std::string&) { return test::rules_with_max("50"); };
  ASSERT_TRUE(std::filesystem::exists(configuration_path(directory(), hash)));
  try {
    recover({directory(), ring(), "test", 1, other_rules});
    FAIL() << "it was taken";
  } catch (const JournalError& error) {
    EXPECT_NE(std::string(error.what()).find("record 5"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("accepted"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("rejected"), std::string::npos) << error.what();
  }
}

// A crash between an event and what came of it: recovery completes the journal from the event itself.
TEST_F(Recovery, WhatCameOfTheLastEventIsCompleted) {
  live();
  life->dies_after_the_event = true;
  ASSERT_TRUE(life->buy("o1", 90));  // accepted, and above the warning
  life->writer.work();
  const Wreck wreck(directory(), ring());
  life.reset();
  wreck.lay_out();
  EXPECT_EQ(live().working(), 90);
  JournalReader reader(directory());
  std::vector<RecordType> types;
  for (Record record; reader.next(record);) types.push_back(record.type);
  ASSERT_EQ(types.size(), 7U);
  EXPECT_EQ(types[4], static_cast<RecordType>(core::EventType::Intent));
  EXPECT_EQ(types[5], RecordType::Verdict);
  EXPECT_EQ(types[6], RecordType::Line);
  EXPECT_EQ(live().working(), 90);  // and once completed it replays as any other
}

// Whoever shows records learns the names from them, as the engine knows them.
TEST_F(Recovery, TheNamesBehindTheRecordsAreThoseOfTheEngine) {
  ASSERT_TRUE(live("100").buy("o1", 1));
  core::Event client = life->event(core::EventType::Client);
  client.client.name = Name::from("c2");
  ASSERT_TRUE(life->apply(client));
  live("50").writer.stop();
  RecordNames names(directory(), [](const std::string& text) { return test::rules_with_max(text); });
  EXPECT_EQ(names.limit(LimitIndex{1}), nullptr);
  JournalReader reader(directory());
  for (Record record; reader.next(record);) names.follow(record);
  EXPECT_EQ(names.names().clients.name(ClientIndex{1}), "c1");
  EXPECT_EQ(names.names().clients.name(ClientIndex{2}), "c2");
  EXPECT_EQ(names.names().symbols.name(SymbolIndex{1}), "AAPL");
  EXPECT_EQ(names.names().limits.name(LimitIndex{1}), "position");
  ASSERT_NE(names.limit(LimitIndex{1}), nullptr);
  EXPECT_EQ(names.limit(LimitIndex{1})->metric, Metric::Position);
  EXPECT_EQ(names.limit(LimitIndex{1})->max, 50 * static_cast<int128>(unit));
  EXPECT_EQ(names.limit(LimitIndex{2}), nullptr);
}

TEST_F(Recovery, ALineThatWasNeverRecordedIsRefusedWhereMoreFollows) {
  live();
  life->dies_after_the_event = true;
  ASSERT_TRUE(life->buy("o1", 90));
  life->dies_after_the_event = false;
  ASSERT_TRUE(life->buy("o2", 1));
  EXPECT_THROW(live(), JournalError);
}

TEST_F(Recovery, ANewConfigurationHoldsFromItsRecordOn) {
  ASSERT_TRUE(live("100").buy("o1", 80));
  ASSERT_TRUE(live("50").buy("o2", 1));
  EXPECT_EQ(life->verdict.reason, Reason::Limit);
  ASSERT_TRUE(live("90").buy("o3", 10));  // replays 100, then 50, then 90
  EXPECT_TRUE(life->accepted());
  EXPECT_EQ(live("90").working(), 90);
}

TEST_F(Recovery, TimeNeverGoesBack) {
  live();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(life->buy("o" + std::to_string(i), 1));
  const TimeNs last{life->t.ns - 1};
  EXPECT_EQ(live().recovered.replay.last_t, last);
}

TEST_F(Recovery, ARingOfAnotherJournalIsRefused) {
  live();
  ASSERT_TRUE(life->writer.work());
  ASSERT_TRUE(life->buy("o1", 1));
  const Wreck wreck(directory(), ring());
  life.reset();
  wreck.lay_out();
  std::filesystem::remove_all(directory());
  EXPECT_THROW(live(), JournalError);
  std::filesystem::remove(ring());
  EXPECT_EQ(live().working(), 0);
}

TEST_F(Recovery, ADrainedRingOfAnotherJournalIsNoMatter) {
  ASSERT_TRUE(live().buy("o1", 1));
  life.reset();  // the writer writes everything
  std::filesystem::remove_all(directory());
  EXPECT_EQ(live().working(), 0);
}

TEST_F(Recovery, ARingFromBeforeTheMachineStartedIsNotUsed) {
  live();
  ASSERT_TRUE(life->writer.work());
  ASSERT_TRUE(life->buy("o1", 1));
  const Wreck wreck(directory(), ring());
  life.reset();
  wreck.lay_out();
  open_ring(ring())->boot[0] ^= 1;
  EXPECT_EQ(live().working(), 0);
  EXPECT_EQ(life->recovered.remarks.size(), 1U);
}

}  // namespace
}  // namespace bulwark::journal
