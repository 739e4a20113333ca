// SPDX-License-Identifier: Apache-2.0
// Snapshots and the shadow that takes them: a recovery that begins at one ends where the whole journal ends, reads only
// what lies behind it, and believes none that is damaged, foreign or ahead. A decision that does not come out the same
// when it is made again stops everything.
#include "sidecar/journal/snapshot.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <random>

#include "shm/clock.h"
#include "sidecar/journal/names.h"
#include "sidecar/journal/reader.h"
#include "tests/journal/folder.h"
#include "tests/journal/shadowed_life.h"

namespace bulwark::journal {
namespace {

using test::Folder;
using test::load_rules;
using test::ShadowedLife;

class Snapshots : public testing::Test {
protected:
  std::string directory() const { return folder / "journal"; }
  ShadowedLife& live(const std::string& max = "1000000") {
    life.reset();
    return life.emplace(directory(), folder / "ring", max);
  }
  std::uint64_t replayed() const { return life->life.recovered.replayed; }
  std::string remarks() const {
    std::string all;
    for (const std::string& remark : life->life.recovered.remarks) all += remark + "\n";
    return all;
  }
  // What the whole journal comes to, read from its first record on.
  Hash digest_from_the_beginning() const {
    Replay replay(directory(), load_rules);
    JournalReader reader(directory());
    for (Record record; reader.next(record);) replay.apply(record);
    EXPECT_EQ(reader.ending().kind, EndKind::Whole) << reader.ending().text();
    return state_digest(*replay.engine);
  }
  void expect_the_whole_journal() {
    ASSERT_TRUE(life->life.writer.work());
    EXPECT_EQ(state_digest(life->life.engine), digest_from_the_beginning());
  }

  Folder folder;
  std::optional<ShadowedLife> life;
};

TEST_F(Snapshots, ARecoveryBeginsBehindTheNewestOne) {
  live().buy(0, 300);
  life->take_snapshot();
  life->buy(300, 310);
  EXPECT_EQ(snapshot_files(directory()).size(), 1U);
  EXPECT_EQ(live().life.working(), 310);
  EXPECT_NE(remarks().find("began behind the snapshot"), std::string::npos) << remarks();
  expect_the_whole_journal();
}

TEST_F(Snapshots, WhatLiesBeforeItIsNotReadAgain) {
  std::vector<std::uint64_t> counts;
  for (const int before : {100, 2'000}) {
    std::filesystem::remove_all(directory());
    std::filesystem::remove(folder / "ring");
    live().buy(0, before);
    life->take_snapshot();
    life->buy(before, before + 20);
    live();
    counts.push_back(replayed());
  }
  EXPECT_EQ(counts[0], counts[1]);
  EXPECT_EQ(counts[0], 40U);  // an intent and its verdict each
}

// A start looks at the file that the snapshot stands in and at all behind it, so that it takes no longer for a journal
// of years; what is older than that, `bulwark verify` looks at.
TEST_F(Snapshots, DamageInItsFileOrBehindItIsRefusedAndDamageBeforeItIsNot) {
  live();
  int orders = 0;
  const auto begin_file = [&] {
    for (const std::size_t files = journal_files(directory()).size(); journal_files(directory()).size() == files;) {
      life->buy(orders, orders + 100);
      orders += 100;
    }
    life->buy(orders, orders + 100);
    orders += 100;
  };
  begin_file();
  life->take_snapshot();
  life->buy(orders, orders + 10);
  orders += 10;
  begin_file();
  life->life.end();
  ASSERT_TRUE(life->life.writer.stop());
  life.reset();
  const std::string copy = folder / "copy";
  std::filesystem::copy(directory(), copy);
  const std::vector<std::string> files = journal_files(directory());
  ASSERT_EQ(files.size(), 3U);
  const auto damage = [&](const std::string& file, std::size_t byte) {
    std::filesystem::remove_all(directory());
    std::filesystem::copy(copy, directory());
    std::filesystem::remove(folder / "ring");
    test::flip_bit(file, byte, 3);
  };
  for (const std::string& file : {files[1], files[2]}) {
    for (const std::size_t byte : {std::size_t{40}, std::size_t{1'000}, std::filesystem::file_size(file) - 1'000}) {
      SCOPED_TRACE(file + " " + std::to_string(byte));
      damage(file, byte);
      try {
        live();
        FAIL() << "it started";
      } catch (const JournalError& error) {
        EXPECT_NE(std::string(error.what()).find(file), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("`bulwark verify --journal "), std::string::npos) << error.what();
      }
    }
  }
  damage(files[0], 1'000);
  EXPECT_EQ(live().life.working(), orders);
}

TEST_F(Snapshots, TheLastOneIsTakenAtACleanEnd) {
  live().buy(0, 50);
  life->life.end();
  ASSERT_TRUE(life->life.writer.stop());
  life->shadow.finish();
  EXPECT_EQ(live().life.recovered.replayed, 0U);
  EXPECT_TRUE(life->life.recovered.replay.ended_clean);
  EXPECT_EQ(life->life.working(), 50);
  expect_the_whole_journal();
}

TEST_F(Snapshots, TwoAreKept) {
  live();
  for (int k = 0; k < 5; ++k) {
    life->buy(10 * k, 10 * k + 10);
    life->take_snapshot();
  }
  EXPECT_EQ(snapshot_files(directory()).size(), snapshots_kept);
  EXPECT_FALSE(std::filesystem::exists(directory() + "/snapshot.new"));
}

TEST_F(Snapshots, OneOfNewRulesIsReadUnderThem) {
  live("100").buy(0, 60);
  life->take_snapshot();
  live("200").buy(100, 160);
  life->take_snapshot();
  EXPECT_EQ(live("200").life.working(), 120);
  EXPECT_NE(remarks().find("began behind the snapshot"), std::string::npos);
  expect_the_whole_journal();
  EXPECT_EQ(live("300").life.working(), 120);
  expect_the_whole_journal();
}

TEST_F(Snapshots, ADamagedOneIsPassedOverForAnOlderOneAndThenForTheBeginning) {
  live().buy(0, 40);
  life->take_snapshot();
  const std::uint64_t older = life->life.recovered.replay.sequence;
  life->buy(40, 80);
  life->take_snapshot();
  life.reset();
  const std::vector<std::string> files = snapshot_files(directory());
  ASSERT_EQ(files.size(), 2U);
  const std::vector<char> whole = test::bytes_of(files[0]);
  std::mt19937_64 random(7);
  for (int k = 0; k < 24; ++k) {
    SCOPED_TRACE(k);
    std::vector<char> damaged = whole;
    const std::size_t at = k < 4 ? static_cast<std::size_t>(k) * 40 : random() % whole.size();
    if (k % 3 == 0) damaged.resize(at);
    else damaged[at] = static_cast<char>(damaged[at] ^ 1 << random() % 8);
    test::put_bytes(files[0], damaged);
    std::vector<std::string> said;
    const Replay replay = newest_replay(directory(), load_rules, said);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_NE(said[0].find(files[0]), std::string::npos) << said[0];
    EXPECT_GT(replay.sequence, older);
    EXPECT_NE(replay.engine, nullptr);
  }
  std::filesystem::copy(files[0], files[1], std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(live().life.working(), 80);
  EXPECT_EQ(remarks().find("began behind"), std::string::npos);
  expect_the_whole_journal();
}

// Of a journal that was restored from an older copy, or of another one: the blocks are not those that it was taken at.
TEST_F(Snapshots, OneThatTheJournalDoesNotKnowIsPassedOver) {
  live().buy(0, 40);
  const std::string copy = folder / "copy";
  std::filesystem::copy(directory(), copy);
  life->buy(40, 80);
  life->take_snapshot();
  life.reset();
  std::filesystem::remove(folder / "ring");
  std::filesystem::copy(snapshot_files(directory())[0], copy + "/" + snapshot_name(1'000'000));
  std::filesystem::copy(snapshot_files(directory())[0], copy);
  std::filesystem::remove_all(directory());
  std::filesystem::rename(copy, directory());
  EXPECT_EQ(live().life.working(), 40);
  EXPECT_NE(remarks().find("does not belong to this journal"), std::string::npos) << remarks();
  expect_the_whole_journal();
}

TEST_F(Snapshots, TheShadowStopsEverythingAtADecisionThatItWouldNotMake) {
  live("100").buy(0, 10);
  ASSERT_TRUE(life->shadow.work());
  life->life.engine.adopt(test::rules_with_max("5"));  // and nobody was told
  ASSERT_TRUE(life->life.buy("x", 1));
  EXPECT_FALSE(life->life.accepted());
  ASSERT_TRUE(life->life.writer.work());
  EXPECT_FALSE(life->shadow.work());
  EXPECT_TRUE(life->stopped);
  ASSERT_EQ(life->told.size(), 1U);
  EXPECT_NE(life->told[0].find("another decision"), std::string::npos) << life->told[0];
  EXPECT_FALSE(life->shadow.work());
}

TEST_F(Snapshots, OneThatCannotBeWrittenIsToldAndStopsNothing) {
  live().buy(0, 10);
  std::filesystem::create_directory(directory() + "/snapshot.new");
  life->take_snapshot();
  EXPECT_FALSE(life->stopped);
  ASSERT_EQ(life->told.size(), 1U);
  EXPECT_NE(life->told[0].find("no snapshot"), std::string::npos);
  std::filesystem::remove(directory() + "/snapshot.new");
  life->take_snapshot();
  EXPECT_EQ(snapshot_files(directory()).size(), 1U);
}

TEST_F(Snapshots, TheShadowLooksAtNothingThatIsNotDurable) {
  live().buy(0, 10);
  const std::uint64_t durable = life->life.written.load();
  life->life.written.store(durable - 2);
  ASSERT_TRUE(life->shadow.work());
  life->take_snapshot();
  EXPECT_TRUE(snapshot_files(directory()).empty());
}

TEST_F(Snapshots, AReplayThatComesToAnotherStateIsNotGoneOnWith) {
  live().buy(0, 10);
  life->life.producer.append(RecordType::Snapshot, {life->life.t, 0, 0});
  const std::uint64_t here = life->life.producer.next_sequence() - 1;
  life->life.producer.append(RecordType::Snapshot, {life->life.t, here, 4711});
  ASSERT_TRUE(life->life.writer.work());
  EXPECT_THROW(digest_from_the_beginning(), JournalError);
  EXPECT_FALSE(life->shadow.work());
  EXPECT_TRUE(life->stopped);
}

[[noreturn]] void trade_until_killed(const std::string& directory, const std::string& ring, int round) {
  ShadowedLife life(directory, ring, "100000000");
  for (int n = 0;; ++n) {
    if (!life.life.buy("r" + std::to_string(round) + "-" + std::to_string(n), 1)) ::_exit(3);
    if (n % 7 == 0 && !life.life.writer.work()) ::_exit(4);
    if (n % 50 == 0 && !life.shadow.work()) ::_exit(5);
  }
}

TEST_F(Snapshots, KilledAnywhereItComesBackToWhatTheWholeJournalComesTo) {
  std::mt19937_64 random(11);
  std::size_t from_snapshot = 0;
  for (int round = 0; round < 30; ++round) {
    SCOPED_TRACE(round);
    const pid_t child = ::fork();
    if (child == 0) trade_until_killed(directory(), folder / "ring", round);
    shm::nap(milliseconds(40 + static_cast<std::int64_t>(random() % 120)));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    live("100000000");
    from_snapshot += remarks().find("began behind the snapshot") != std::string::npos;
    ASSERT_NO_FATAL_FAILURE(expect_the_whole_journal());
    life.reset();
  }
  EXPECT_GT(from_snapshot, 20U);
}

}  // namespace
}  // namespace bulwark::journal
