// SPDX-License-Identifier: Apache-2.0
// Retention: what is old, shipped and behind every snapshot goes, and nothing else; what is kept can be proved,
// replayed and gone on with, wherever a crash falls.
#include "sidecar/journal/retention.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "sidecar/journal/names.h"
#include "sidecar/journal/packed.h"
#include "sidecar/journal/shipped.h"
#include "tests/journal/folder.h"
#include "tests/journal/shadowed_life.h"

namespace bulwark::journal {
namespace {

using test::Folder;
using test::load_rules;
using test::ShadowedLife;

constexpr std::int64_t day_ns = 86'400'000'000'000;

// What the part that is kept says, read from its beginning.
struct Said {
  std::uint64_t first = 0, last = 0;
  Hash digest{};
  std::string told;  // by retention
  Ending ending;
};

Said read(const std::string& directory) {
  Said result;
  Replay replay = replay_from_beginning(directory, load_rules);
  JournalReader reader(directory);
  for (Record record; reader.next(record);) {
    if (result.first == 0) result.first = record.sequence;
    result.last = record.sequence;
    replay.apply(record);
    if (record.type == RecordType::Remark) result.told = record.remark.text.view();
  }
  result.ending = reader.ending();
  if (replay.engine != nullptr) result.digest = state_digest(*replay.engine);
  return result;
}

class Retained : public testing::Test {
protected:
  std::string directory() const { return folder / "journal"; }
  // Five files and a bit, with two snapshots in the last one.
  void live() {
    life.emplace(directory(), folder / "ring", "1000000000");
    for (int k = 0; files().size() < 6; k += 500) life->buy(k, k + 500);
    for (int k = 0; k < 2; ++k) life->take_snapshot();
    life->buy(100'000, 100'010);
  }
  std::vector<std::string> files() const { return journal_files(directory()); }

  RetentionPlan plan(std::int64_t days_from_now = 10) {
    RetentionPlan plan;
    plan.directory = directory();
    plan.days = 7;
    plan.interval = DurationNs{0};
    plan.load_rules = load_rules;
    plan.wall = [=] { return TimeNs{shm::wall_now().ns + days_from_now * day_ns}; };
    plan.remark = [this](const std::string& text) {
      life->life.producer.append(Remark{life->life.t, Name::from(retention_name), Text<247>::from(text)});
      return life->life.producer.next_sequence() - 1;
    };
    plan.durable = [this] { return life->life.written.load(); };
    return plan;
  }
  // So long that it would be done.
  void retain(
      const RetentionPlan& how, const std::function<void()>& each = [] {}) {
    Retention retention(how);
    for (int k = 0; k < 50; ++k) {
      retention.step();
      if (life) life->life.writer.work();
      each();
    }
  }
  void expect_nothing_goes(const RetentionPlan& how) {
    const auto before = files();
    retain(how);
    EXPECT_EQ(files(), before);
    EXPECT_FALSE(read_kept(directory()));
  }
  Shipped shipped_up_to(std::uint64_t at_least) {
    BlockReader reader(directory(), at_least);
    EXPECT_TRUE(reader.next());
    return {reader.journal(), reader.block().last, to_hex(reader.block().hash)};
  }

  Folder folder;
  std::optional<ShadowedLife> life;
};

TEST_F(Retained, WhatIsOldGoesAndWhatIsKeptComesToTheSame) {
  live();
  const Said before = read(directory());
  const auto all = files();
  retain(plan());
  EXPECT_EQ(files().front(), all.back());  // the snapshots stand in the last one
  const Said after = read(directory());
  EXPECT_EQ(after.ending.kind, EndKind::Whole) << after.ending.text();
  const auto kept = read_kept(directory());
  ASSERT_TRUE(kept);
  EXPECT_EQ(after.first, kept->facts.sequence + 1);
  EXPECT_EQ(after.told, deletion_text(kept->facts.sequence, kept->chain));
  EXPECT_EQ(after.digest, before.digest);
  const RecordNames names(directory(), load_rules);
  EXPECT_EQ(names.names().clients.name(ClientIndex{1}), "c1");
  EXPECT_NE(names.limit(LimitIndex{1}), nullptr);
  // And it is gone on with, from the beginning of what is kept.
  const std::int64_t working = life->life.working();
  life.reset();
  for (const std::string& snapshot : snapshot_files(directory())) std::filesystem::remove(snapshot);
  ShadowedLife next(directory(), folder / "ring", "1000000000");
  EXPECT_EQ(next.life.working(), working);
  EXPECT_TRUE(next.life.buy("next", 1));
  EXPECT_TRUE(next.life.accepted());
}

TEST_F(Retained, ItGoesOnDayByDay) {
  live();
  retain(plan());
  const std::uint64_t first = read_kept(directory())->facts.sequence;
  for (int k = 200'000; files().size() < 4; k += 500) life->buy(k, k + 500);
  for (int k = 0; k < 2; ++k) life->take_snapshot();
  life->buy(300'000, 300'010);
  const Hash before = read(directory()).digest;
  retain(plan());
  EXPECT_EQ(files().size(), 1U);
  EXPECT_GT(read_kept(directory())->facts.sequence, first);
  EXPECT_EQ(read(directory()).digest, before);
}

TEST_F(Retained, WhatIsYoungStays) {
  live();
  expect_nothing_goes(plan(6));
  RetentionPlan for_ever = plan();
  for_ever.days = 0;
  expect_nothing_goes(for_ever);
}

TEST_F(Retained, WithoutASnapshotOrBehindADamagedOneEverythingStays) {
  live();
  const std::string oldest = snapshot_files(directory()).back();
  test::flip_bit(oldest, 20, 3);
  expect_nothing_goes(plan());
  for (const std::string& snapshot : snapshot_files(directory())) std::filesystem::remove(snapshot);
  expect_nothing_goes(plan());
}

TEST_F(Retained, WhatIsNotShippedStaysAndNobodyIsBelievedWhoLies) {
  live();
  RetentionPlan how = plan();
  how.only_if_shipped = true;
  expect_nothing_goes(how);
  const Shipped truth = shipped_up_to(read(directory()).last - 100);
  const auto lie = [&](auto change) {
    Shipped lying = truth;
    change(lying);
    write_shipped(directory(), lying);
    expect_nothing_goes(how);
  };
  lie([](Shipped& shipped) { shipped.journal += 1; });
  lie([](Shipped& shipped) { shipped.hash[5] = shipped.hash[5] == '0' ? '1' : '0'; });
  lie([](Shipped& shipped) { shipped.sequence += 1; });
  lie([](Shipped& shipped) { shipped.sequence += 1'000'000; });
  for (const std::string& text : {std::string(), std::string("0000000000001267 "), std::string("\0\0\0\0", 4),
                                  std::string("0000000000001267 999999999\n")}) {
    test::put_bytes(directory() + "/shipped", {text.begin(), text.end()});
    expect_nothing_goes(how);
  }
}

TEST_F(Retained, WhatIsShippedGoesAndNothingBehindIt) {
  live();
  const auto all = files();
  RetentionPlan how = plan();
  how.only_if_shipped = true;
  const auto words = first_words(all[3], file_header_words);
  const std::uint64_t first_of_fourth = words[4];
  write_shipped(directory(), shipped_up_to(first_of_fourth + 1));
  retain(how);
  EXPECT_EQ(files().front(), all[3]);
  EXPECT_EQ(read(directory()).first, first_of_fourth);
}

TEST_F(Retained, PackedFilesGoToo) {
  live();
  while (pack_oldest(directory(), life->life.written.load())) {
  }
  const Hash before = read(directory()).digest;
  retain(plan());
  EXPECT_EQ(files().size(), 1U);
  EXPECT_EQ(read(directory()).digest, before);
}

TEST_F(Retained, WhatIsDamagedIsNotDeleted) {
  live();
  const auto all = files();
  test::flip_bit(all[1], 5'000, 2);
  EXPECT_THROW(retain(plan()), JournalError);
  EXPECT_EQ(files(), all);
  EXPECT_FALSE(read_kept(directory()));
}

TEST_F(Retained, WhoeverFollowsTheJournalGoesOn) {
  live();
  JournalReader reader(directory(), 1, Reading::AsItGrows);
  std::uint64_t last = 0;
  Record record;
  while (reader.next(record)) last = record.sequence;
  retain(plan());
  for (int k = 400'000; files().size() < 3; k += 500) life->buy(k, k + 500);
  while (reader.next(record)) EXPECT_EQ(record.sequence, ++last);
  EXPECT_NE(reader.ending().kind, EndKind::Damaged) << reader.ending().text();
  EXPECT_EQ(last, life->life.written.load());
}

// The folder as it is after each step, and with any of the files that were to go still there.
TEST_F(Retained, WhereverACrashFallsItIsGoneOnWith) {
  live();
  const Hash before = read(directory()).digest;
  const auto all = files();
  std::filesystem::copy(directory(), folder / "whole");
  std::uint64_t states = 0;
  const auto try_it = [&](const std::string& crashed) {
    const Said now = read(crashed);
    EXPECT_EQ(now.ending.kind, EndKind::Whole) << now.ending.text();
    EXPECT_EQ(now.digest, before);
    RetentionPlan again = plan();
    again.directory = crashed;
    Retention(again).step();  // goes on with what was begun
    const auto kept = read_kept(crashed);
    if (kept) {
      EXPECT_EQ(journal_files(crashed).size(), 1U);
    }
    std::filesystem::remove_all(crashed);
    ++states;
  };
  retain(plan(), [&] {
    if (states > 20) return;
    std::filesystem::copy(directory(), folder / "crashed");
    try_it(folder / "crashed");
  });
  for (std::size_t gone = 0; gone + 1 < all.size(); ++gone) {
    std::filesystem::copy(directory(), folder / "crashed");
    for (std::size_t k = gone; k + 1 < all.size(); ++k) {
      const std::string name = std::filesystem::path(all[k]).filename();
      std::filesystem::copy((folder / "whole") + "/" + name, (folder / "crashed") + "/" + name);
    }
    try_it(folder / "crashed");
  }
  EXPECT_GT(states, all.size());
}

TEST_F(Retained, WithoutWhereItBeginsTheKeptPartIsDamaged) {
  live();
  retain(plan());
  const auto reads = [&] {
    BlockReader reader(directory());
    while (reader.next()) {
    }
    return reader.ending();
  };
  ASSERT_EQ(reads().kind, EndKind::Whole);
  test::flip_bit(kept_path(directory()), 30, 1);
  EXPECT_EQ(reads().kind, EndKind::Damaged);
  EXPECT_NE(reads().text().find("kept.snapshot: byte 0"), std::string::npos) << reads().text();
  std::filesystem::remove(kept_path(directory()));
  EXPECT_EQ(reads().kind, EndKind::Damaged);
  EXPECT_NE(reads().text().find("record 1 is in no file"), std::string::npos) << reads().text();
}

}  // namespace
}  // namespace bulwark::journal
