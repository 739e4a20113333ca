// SPDX-License-Identifier: Apache-2.0
// Journal files: what a crash may leave is cut and said; anything else is damage, with the byte where it begins.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "shm/clock.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/journal/crc32c.h"
#include "sidecar/journal/packed.h"
#include "sidecar/journal/reader.h"
#include "sidecar/journal/writer.h"
#include "tests/journal/ring_memory.h"
#include "tests/journal/sample.h"

namespace bulwark::journal {
namespace {

using test::append;
using test::Folder;
using test::plan_for;

Appender begin(const Folder& folder, std::uint64_t segment_bytes = 4'096) {
  return Appender(plan_for(folder, segment_bytes));
}

struct Read {
  std::uint64_t count = 0;
  std::vector<Block> blocks;  // without their words
  Ending ending;
};
Read read_all(const Folder& folder) {
  Read read;
  BlockReader reader(folder.path());
  while (reader.next()) {
    read.blocks.push_back(reader.block());
    EXPECT_EQ(read.blocks.back().first, read.count + 1);
    BlockRecords records(reader.block());
    for (Record record; records.next(record);) EXPECT_EQ(record.sequence, ++read.count);
    EXPECT_EQ(read.blocks.back().last, read.count);
  }
  read.ending = reader.ending();
  return read;
}

TEST(File, TheChecksumIsCrc32c) {
  const std::uint64_t zeros[4] = {}, ones[4] = {~0ULL, ~0ULL, ~0ULL, ~0ULL};
  EXPECT_EQ(crc32c(0, zeros), 0x8a9136aaU);  // RFC 3720, B.4: 32 bytes of zeros, 32 of ones
  EXPECT_EQ(crc32c(0, ones), 0x62a8ab43U);
  EXPECT_EQ(~crc32c_details::by_table(~0U, ones), 0x62a8ab43U);
}

TEST(File, TheHashIsSha256) {
  Sha256 sha;
  const std::uint64_t zero[1] = {};
  EXPECT_EQ(to_hex(sha.of({zero})), "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc");
  EXPECT_EQ(sha.of({zero, zero}), sha.of({std::array<std::uint64_t, 2>{}}));
}

TEST(File, ReadsWhatWasWrittenThroughSeveralFiles) {
  const Folder folder;
  Appender appender = begin(folder);
  append(appender, 30, 10);
  EXPECT_GT(journal_files(folder.path()).size(), 3U);
  EXPECT_EQ(read_all(folder).count, 300U);
  EXPECT_EQ(read_all(folder).ending.kind, EndKind::Whole);
  appender.finish();
  EXPECT_EQ(read_all(folder).count, 300U);
  EXPECT_EQ(read_all(folder).ending.kind, EndKind::Whole);
}

TEST(File, EachCommitEndsWithASealAndEachBlockNamesTheOneBefore) {
  const Folder folder;
  Appender appender = begin(folder, 1U << 20U);
  append(appender, 3, 5);
  append(appender, 1, 1'000);  // more than 64 KiB
  const Read read = read_all(folder);
  ASSERT_GE(read.blocks.size(), 5U);
  EXPECT_EQ(read.blocks[2].last, 15U);
  Hash previous{};
  for (const Block& block : read.blocks) {
    EXPECT_EQ(block.previous, previous);
    EXPECT_LE(block.words.size(), block_words_max);
    EXPECT_EQ(block.journal, 77U);
    previous = block.hash;
  }
}

TEST(File, AReaderBeginsWhereItIsTold) {
  const Folder folder;
  Appender appender = begin(folder);
  append(appender, 30, 10);
  for (const std::uint64_t from : {1, 10, 11, 155, 300}) {
    BlockReader reader(folder.path(), from);
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.block().last, (from + 9) / 10 * 10);
  }
  BlockReader behind(folder.path(), 301);
  EXPECT_FALSE(behind.next());
}

TEST(File, AReaderFollowsAJournalThatIsBeingWritten) {
  const Folder folder;
  Appender appender = begin(folder);
  JournalReader reader(folder.path(), 1, Reading::AsItGrows);
  Record record;
  std::uint64_t read = 0;
  for (int round = 0; round < 100; ++round) {
    EXPECT_FALSE(reader.next(record));
    append(appender, round % 3, 7);
    while (reader.next(record)) ASSERT_EQ(record.sequence, ++read);
    ASSERT_EQ(read, appender.last_sequence());
    ASSERT_EQ(reader.ending().kind, EndKind::Whole);
  }
  EXPECT_GT(journal_files(folder.path()).size(), 5U);
}

TEST(File, NoFilesAreAnEmptyJournal) {
  const Folder folder;
  EXPECT_EQ(read_all(folder).count, 0U);
  EXPECT_EQ(read_all(folder).ending.kind, EndKind::Whole);
}

TEST(File, CutAtAnyByteByACrashItEndsWithTheLastWholeBlock) {
  const Folder folder;
  Appender appender = begin(folder);
  append(appender, 4, 3);
  const std::vector<Block> blocks = read_all(folder).blocks;
  ASSERT_EQ(blocks.size(), 4U);
  const std::string path = journal_file_path(folder.path(), 1);
  for (std::size_t size = blocks.back().end + 1; size-- > 0;) {
    std::filesystem::resize_file(path, size);
    std::uint64_t expected = 0, at = size < sizeof(FileHeader) ? 0 : sizeof(FileHeader);
    for (const Block& block : blocks) {
      if (block.end > size) break;
      expected = block.last;
      at = block.end;
    }
    const Read read = read_all(folder);
    ASSERT_EQ(read.count, expected) << size << " bytes";
    ASSERT_EQ(read.ending.kind, size == at && size >= sizeof(FileHeader) ? EndKind::Whole : EndKind::Torn)
        << size << " bytes";
    ASSERT_EQ(read.ending.byte, at);
  }
}

TEST(File, AnyFlippedBitIsFoundWhereItStands) {
  const Folder folder;
  Appender appender = begin(folder);
  append(appender, 5, 3);
  const std::vector<Block> blocks = read_all(folder).blocks;
  const std::string path = journal_file_path(folder.path(), 1);
  for (std::size_t byte = 0; byte < blocks[3].end; ++byte) {  // a commit follows all of these
    test::flip_bit(path, byte, static_cast<int>(byte % 8));
    std::uint64_t before = 0, begin_of_block = 0, end_of_block = sizeof(FileHeader);
    for (const Block& block : blocks) {
      if (block.begin > byte) break;
      begin_of_block = block.begin;
      end_of_block = block.end;
      before = block.first - 1;
    }
    const Read read = read_all(folder);
    test::flip_bit(path, byte, static_cast<int>(byte % 8));
    ASSERT_EQ(read.ending.kind, EndKind::Damaged) << "byte " << byte;
    ASSERT_GE(read.ending.byte, begin_of_block);
    ASSERT_LE(read.ending.byte, byte);
    ASSERT_LT(byte, end_of_block);
    ASSERT_EQ(read.count, before);
  }
}

// What a power cut may leave: of one commit, a later page and not an earlier one.
TEST(File, ACommitThatIsBrokenInTheMiddleIsTornUnlessSomethingCameBehindIt) {
  const Folder folder;
  Appender appender = begin(folder, 1U << 20U);
  append(appender, 1, 5);
  append(appender, 1, 1'000);
  const std::vector<Block> blocks = read_all(folder).blocks;
  ASSERT_GT(blocks.size(), 2U);
  const std::string path = journal_file_path(folder.path(), 1);
  std::vector<char> bytes = test::bytes_of(path);
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(blocks[1].begin), 4'096, 0);
  test::put_bytes(path, bytes);
  EXPECT_EQ(read_all(folder).count, 5U);
  EXPECT_EQ(read_all(folder).ending.kind, EndKind::Torn);
  EXPECT_EQ(read_all(folder).ending.byte, blocks[1].begin);
  append(appender, 1, 1);  // so it was durable before
  EXPECT_EQ(read_all(folder).ending.kind, EndKind::Damaged);
}

TEST(File, ClosedFilesArePackedAndReadAsBefore) {
  const Folder folder;
  Appender appender = begin(folder);
  append(appender, 30, 10);
  const std::vector<Block> blocks = read_all(folder).blocks;
  const std::size_t files = journal_files(folder.path()).size();
  EXPECT_FALSE(pack_oldest(folder.path(), 0));  // nothing is known to be durable
  JournalReader reading(folder.path(), 1, Reading::AsItGrows);
  Record record;
  ASSERT_TRUE(reading.next(record));  // has the first file open
  while (pack_oldest(folder.path(), appender.last_sequence())) {
  }
  EXPECT_EQ(journal_files(folder.path()).size(), files);
  std::size_t packed = 0;
  for (const std::string& file : journal_files(folder.path())) packed += is_packed(file) ? 1 : 0;
  EXPECT_EQ(packed, files - 1);  // the newest is being written
  std::uint64_t count = 1;
  while (reading.next(record)) ASSERT_EQ(record.sequence, ++count);
  EXPECT_EQ(count, 300U);
  const Read read = read_all(folder);
  EXPECT_EQ(read.ending.kind, EndKind::Whole) << read.ending.text();
  ASSERT_EQ(read.blocks.size(), blocks.size());
  EXPECT_EQ(read.blocks.back().hash, blocks.back().hash);
}

TEST(File, APackedFileThatWasChangedIsDamage) {
  const Folder folder;
  Appender appender = begin(folder);
  append(appender, 6, 10);
  ASSERT_TRUE(pack_oldest(folder.path(), appender.last_sequence()));
  const std::string path = journal_files(folder.path()).front();
  ASSERT_EQ(read_all(folder).ending.kind, EndKind::Whole);
  for (std::size_t byte = 0; byte < std::filesystem::file_size(path); ++byte) {
    test::flip_bit(path, byte, static_cast<int>(byte % 8));
    BlockReader reader(folder.path());
    ASSERT_FALSE(reader.next());
    test::flip_bit(path, byte, static_cast<int>(byte % 8));
    ASSERT_EQ(reader.ending().kind, EndKind::Damaged) << "byte " << byte;
    ASSERT_NE(reader.ending().text().find("000001.journal.zst: byte 0"), std::string::npos) << reader.ending().text();
  }
}

TEST(File, AMissingFileIsDamage) {
  const Folder folder;
  Appender appender = begin(folder);
  append(appender, 30, 10);
  const std::uint64_t files = journal_files(folder.path()).size();
  for (std::uint64_t number = 1; number < files; ++number) {
    const std::string path = journal_file_path(folder.path(), number);
    const std::vector<char> bytes = test::bytes_of(path);
    std::filesystem::remove(path);
    EXPECT_EQ(read_all(folder).ending.kind, EndKind::Damaged) << "file " << number;
    test::put_bytes(path, bytes);
  }
}

TEST(File, ATailInAnEarlierFileIsDamage) {
  const Folder folder;
  Appender appender = begin(folder);
  append(appender, 30, 10);
  const std::string path = journal_file_path(folder.path(), 1);
  std::vector<char> bytes = test::bytes_of(path);
  bytes.pop_back();
  test::put_bytes(path, bytes);
  EXPECT_EQ(read_all(folder).ending.kind, EndKind::Damaged);
}

// The head says what there has to be at least; after an end in good order, exactly.
TEST(File, ATailThatIsGoneIsMissed) {
  const Folder folder;
  {
    Appender appender = begin(folder);
    append(appender, 2, 3);
    appender.keep_head();
  }
  const std::string path = journal_file_path(folder.path(), 1);
  const std::vector<Block> blocks = read_all(folder).blocks;
  std::filesystem::resize_file(path, blocks[0].end);
  EXPECT_EQ(read_all(folder).ending.kind, EndKind::Damaged);
  EXPECT_EQ(read_all(folder).ending.byte, blocks[0].end);
  std::filesystem::remove(path);
  EXPECT_EQ(read_all(folder).ending.kind, EndKind::Damaged);
}

TEST(File, AHeadThatIsMissingOrAnothersIsDamage) {
  const Folder folder, other;
  Appender appender = begin(folder), another = begin(other);
  append(appender, 2, 3);
  append(another, 2, 2);
  another.finish();
  const std::vector<char> head = test::bytes_of(head_path(folder.path()));
  std::filesystem::remove(head_path(folder.path()));
  EXPECT_EQ(read_all(folder).ending.kind, EndKind::Damaged);
  test::put_bytes(head_path(folder.path()), test::bytes_of(head_path(other.path())));
  EXPECT_EQ(read_all(folder).ending.kind, EndKind::Damaged);
  test::put_bytes(head_path(folder.path()), head);
  EXPECT_EQ(read_all(folder).ending.kind, EndKind::Whole);
}

TEST(File, AFileIsNeverWrittenOver) {
  const Folder folder;
  FileHeader header{};
  header.number = 1;
  const FileWriter first(folder.path(), header, 4'096);
  EXPECT_THROW(FileWriter(folder.path(), header, 4'096), JournalError);
}

TEST(File, AConfigurationIsFoundByItsHashAndAChangedOneIsRefused) {
  const Folder folder;
  const std::uint64_t hash = save_configuration(folder.path(), "a = 1\n");
  EXPECT_EQ(save_configuration(folder.path(), "a = 1\n"), hash);
  EXPECT_NE(save_configuration(folder.path(), "a = 2\n"), hash);
  EXPECT_EQ(read_configuration(folder.path(), hash), "a = 1\n");
  test::put_bytes(configuration_path(folder.path(), hash), {'b'});
  EXPECT_THROW(read_configuration(folder.path(), hash), JournalError);
  EXPECT_THROW(read_configuration(folder.path(), 1), JournalError);
  EXPECT_THROW(save_configuration(folder.path() + "/none", "a = 1\n"), JournalError);
}

// A disk that is full: the failure is final, told once, and the records stay in the ring.
TEST(File, AFailedWriteIsNeverTriedAgain) {
  const Folder folder;
  const test::RingMemory memory(1'024);
  std::atomic<shm::JournalHealth> health{};
  shm::AtomicWord written{0};
  shm::JournalDisk disk{};
  int told = 0;
  JournalWriter writer({memory.view(), health, written, disk, [&told](const std::string&) { ++told; }},
                       std::make_unique<Appender>(plan_for(folder, 4'096)));
  EXPECT_EQ(health.load(), shm::JournalHealth::Healthy);
  RingProducer producer = memory.producer();
  const auto append = [&producer] {
    producer.has_room();
    producer.append(RecordType::Lease, {{1}, 1, 1});
  };
  append();
  EXPECT_TRUE(writer.work());
  EXPECT_EQ(written.load(), 1U);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit tight{sizeof(FileHeader) + 200, before.rlim_max};
  ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &tight);
  append();
  EXPECT_FALSE(writer.work());
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(health.load(), shm::JournalHealth::Failed);
  EXPECT_FALSE(writer.work());
  EXPECT_FALSE(writer.stop());
  EXPECT_EQ(told, 1);
  EXPECT_EQ(written.load(), 1U);
  RingConsumer rescue(memory.view());
  EXPECT_EQ(rescue.next_sequence(), 2U);
}

}  // namespace
}  // namespace bulwark::journal
