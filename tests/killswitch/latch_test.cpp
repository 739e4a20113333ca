// SPDX-License-Identifier: Apache-2.0
// The latch on disk: how an instance comes back, for every way in which it may have ended.
#include "shm/latch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

namespace bulwark::shm {
namespace {

class LatchTest : public testing::Test {
protected:
  void SetUp() override {
    std::string path = testing::TempDir() + "latch-XXXXXX";
    ASSERT_NE(::mkdtemp(path.data()), nullptr);
    folder = path;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void put(const std::string& name, const std::string& text) const { std::ofstream(folder + "/" + name) << text; }

  Latch start() const { return latch_at_start(read_latch(folder), journal_empty(folder), 77); }

  std::string folder;
};

Latch example(bool clean, bool trading) {
  return {clean, trading, 7, Sentence::from("fat finger"), Name::from("mira"), Sentence::from("a reason = more"), 123};
}

TEST_F(LatchTest, GoesThroughTheDiskUnchanged) {
  for (const bool clean : {false, true}) {
    for (const bool trading : {false, true}) {
      write_latch(folder, example(clean, trading));
      const LatchFile file = read_latch(folder);
      EXPECT_EQ(file.status, LatchStatus::Read);
      EXPECT_EQ(file.latch, example(clean, trading));
    }
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1) << "no temporary file is left";
}

TEST_F(LatchTest, WhatIsNotPrintableStaysOnItsLine) {
  Latch latch = example(true, false);
  latch.reason = Sentence::from("a\ntrading = yes");
  write_latch(folder, latch);
  const LatchFile file = read_latch(folder);
  ASSERT_EQ(file.status, LatchStatus::Read);
  EXPECT_FALSE(file.latch.trading);
  EXPECT_EQ(file.latch.reason.view(), "a?trading = yes");
}

struct StartCase {
  const char* name;
  bool latch, clean, trading, other_files;
  bool trades;
  const char* cause;
};

TEST_F(LatchTest, TableOfStarts) {
  const StartCase cases[] = {
      {"nothing there", false, false, false, false, true, ""},
      {"a journal without a latch", false, false, false, true, false,
       "there is a journal, but no latch that says how it ended"},
      {"clean end, trading", true, true, true, true, true, "fat finger"},
      {"clean end, stopped", true, true, false, true, false, "fat finger"},
      {"crash while trading", true, false, true, true, false, "the instance ended without a clean shutdown"},
      {"crash while stopped", true, false, false, true, false, "fat finger"},
      {"crash while trading, journal lost", true, false, true, false, false,
       "the instance ended without a clean shutdown"},
  };
  for (const StartCase& c : cases) {
    SCOPED_TRACE(c.name);
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    if (c.latch) write_latch(folder, example(c.clean, c.trading));
    if (c.other_files) put("00000001.journal", "records");
    const Latch latch = start();
    EXPECT_EQ(latch.trading, c.trades);
    EXPECT_FALSE(latch.clean);
    EXPECT_EQ(latch.cause.view(), c.cause);
    EXPECT_EQ(latch.epoch, c.latch ? 8U : 1U) << "epochs go on and are never used again";
  }
}

TEST_F(LatchTest, AnAbsentFolderIsANewInstance) {
  folder += "/not-there";
  EXPECT_TRUE(start().trading);
}

TEST_F(LatchTest, AConsoleThatCameFirstLeavesANewInstanceNew) {
  std::filesystem::create_directory(folder + "/alerts");
  put("console.series", "1,2,3");
  EXPECT_TRUE(start().trading);
  put("sessions.csv", "");
  EXPECT_FALSE(start().trading);
}

TEST_F(LatchTest, AKeptCauseKeepsItsOperatorAndTime) {
  write_latch(folder, example(true, false));
  EXPECT_EQ(start().operator_name.view(), "mira");
  EXPECT_EQ(start().since_ns, 123);
  write_latch(folder, example(false, true));
  EXPECT_EQ(start().operator_name.view(), "");
  EXPECT_EQ(start().since_ns, 77);
}

TEST_F(LatchTest, ADamagedLatchIsNoPermission) {
  const std::string good = write_latch_text(example(true, true));
  ASSERT_EQ(parse_latch(good).status, LatchStatus::Read);
  // Every cut, and every line left out or doubled.
  for (std::size_t size = 0; size < good.size(); ++size) {
    put("latch", good.substr(0, size));
    EXPECT_FALSE(start().trading) << size << " bytes of it";
  }
  for (std::size_t begin = 0; begin < good.size(); begin = good.find('\n', begin) + 1) {
    const std::size_t size = good.find('\n', begin) + 1 - begin;
    std::string text = good;
    put("latch", text.erase(begin, size));
    EXPECT_FALSE(start().trading);
    text = good;
    put("latch", text.insert(begin, good, begin, size));
    EXPECT_FALSE(start().trading);
  }
  for (const char* text : {"x", "state = clean\n", "\n\n", "trading = yes"}) {
    put("latch", text);
    EXPECT_FALSE(start().trading) << text;
  }
  std::string wrong = good;
  wrong.replace(wrong.find("epoch = 7"), 9, "epoch = -7");
  put("latch", wrong);
  EXPECT_FALSE(start().trading);
}

TEST_F(LatchTest, AnOlderEpochDoesNotReplaceANewerOne) {
  Latch newer = example(false, false), older = example(true, true);
  newer.epoch = 8;
  write_latch(folder, newer);
  write_latch(folder, older);
  EXPECT_EQ(read_latch(folder).latch, newer);
  older.epoch = 8;  // a resume does not raise the epoch
  write_latch(folder, older);
  EXPECT_EQ(read_latch(folder).latch, older);
}

TEST_F(LatchTest, AReaderNeverSeesHalfOfIt) {
  write_latch(folder, example(false, true));
  std::atomic<bool> ending{false};
  const auto write = [&](bool trading) {
    while (!ending.load()) write_latch(folder, example(false, trading));
  };
  std::thread one(write, true), two(write, false);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(read_latch(folder).status, LatchStatus::Read);
  ending.store(true);
  one.join();
  two.join();
}

TEST_F(LatchTest, AFolderThatCannotBeWrittenIsNamed) {
  try {
    write_latch(folder + "/not-there", example(false, false));
    FAIL() << "nothing was written";
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find(folder + "/not-there"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace bulwark::shm
