// SPDX-License-Identifier: Apache-2.0
// Journal files: what a crash may leave is cut and said; anything else is damage, with the byte where it begins.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "shm/clock.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/journal/crc32c.h"
#include "sidecar/journal/reader.h"
#include "sidecar/journal/writer.h"
#include "tests/journal/events.h"
#include "tests/journal/folder.h"
#include "tests/journal/ring_memory.h"

namespace bulwark::journal {
namespace {

using test::Dice;
using test::Folder;

std::unique_ptr<FileWriter> begin(const Folder& folder, std::uint64_t number, std::uint64_t first) {
  FileHeader header{};
  header.journal = 77;
  header.number = number;
  header.first_sequence = first;
  return std::make_unique<FileWriter>(folder.path(), header);
}

// Writes `count` random records from `first` on; returns where each ends in the file.
std::vector<std::uint64_t> write_records(const Folder& folder, std::uint64_t number, std::uint64_t first, int count) {
  Dice dice(first);
  const test::RingMemory memory(64, first);
  RingProducer producer = memory.producer(first);
  RingConsumer consumer(memory.view());
  auto file = begin(folder, number, first);
  std::vector<std::uint64_t> ends;
  std::uint64_t at = sizeof(FileHeader);
  Commit commit{};
  std::uint64_t words[record_words_max];
  for (int i = 0; i < count; ++i) {
    producer.has_room();
    producer.append(test::random_event(dice), test::random_outcome(dice));
    consumer.take(commit, words);
    consumer.release();
    file->append(commit, {words, commit.words});
    ends.push_back(at += 16 + commit.words * 8U);
  }
  file->sync();
  return ends;
}

struct Read {
  std::uint64_t count;
  Ending ending;
};
Read read_all(const Folder& folder) {
  JournalReader reader(folder.path());
  Record record;
  std::uint64_t count = 0;
  while (reader.next(record)) EXPECT_EQ(record.sequence, ++count);
  return {count, reader.ending()};
}

TEST(File, TheChecksumIsCrc32c) {
  const std::uint64_t zeros[4] = {}, ones[4] = {~0ULL, ~0ULL, ~0ULL, ~0ULL};
  EXPECT_EQ(crc32c(0, zeros), 0x8a9136aaU);  // RFC 3720, B.4: 32 bytes of zeros, 32 of ones
  EXPECT_EQ(crc32c(0, ones), 0x62a8ab43U);
  EXPECT_EQ(~crc32c_details::by_table(~0U, ones), 0x62a8ab43U);
}

TEST(File, ReadsWhatWasWrittenThroughSeveralFiles) {
  const Folder folder;
  write_records(folder, 1, 1, 100);
  write_records(folder, 2, 101, 50);
  write_records(folder, 3, 151, 1);
  const Read read = read_all(folder);
  EXPECT_EQ(read.count, 151U);
  EXPECT_EQ(read.ending.kind, EndKind::Whole);
}

TEST(File, NoFilesAreAnEmptyJournal) {
  const Folder folder;
  const Read read = read_all(folder);
  EXPECT_EQ(read.count, 0U);
  EXPECT_EQ(read.ending.kind, EndKind::Whole);
}

TEST(File, CutAtAnyByteItEndsWithTheLastWholeRecord) {
  const Folder folder;
  const std::vector<std::uint64_t> ends = write_records(folder, 1, 1, 5);
  const std::string path = journal_file_path(folder.path(), 1);
  const std::vector<char> whole = test::bytes_of(path);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    test::put_bytes(path, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    std::uint64_t expected = 0, at = sizeof(FileHeader);
    for (const std::uint64_t end : ends) {
      if (end > size) break;
      ++expected;
      at = end;
    }
    const Read read = read_all(folder);
    ASSERT_EQ(read.count, expected) << size << " bytes";
    const bool at_boundary = size == at;
    ASSERT_EQ(read.ending.kind, at_boundary ? EndKind::Whole : EndKind::Torn) << size << " bytes";
    ASSERT_EQ(read.ending.byte, size < sizeof(FileHeader) ? 0 : at);
  }
}

TEST(File, AnyFlippedBitIsFoundWhereItStands) {
  const Folder folder;
  const std::vector<std::uint64_t> ends = write_records(folder, 1, 1, 6);
  const std::string path = journal_file_path(folder.path(), 1);
  const std::vector<char> whole = test::bytes_of(path);
  for (std::size_t byte = 0; byte < ends[4]; ++byte) {  // whole records follow all of these
    std::vector<char> changed = whole;
    changed[byte] = static_cast<char>(changed[byte] ^ (1 << byte % 8));
    test::put_bytes(path, changed);
    std::uint64_t record_begin = sizeof(FileHeader), before = 0;
    for (const std::uint64_t end : ends) {
      if (end > byte) break;
      record_begin = end;
      ++before;
    }
    const Read read = read_all(folder);
    ASSERT_EQ(read.ending.kind, EndKind::Damaged) << "byte " << byte;
    ASSERT_EQ(read.ending.byte, byte < sizeof(FileHeader) ? 0 : record_begin);
    ASSERT_EQ(read.count, byte < sizeof(FileHeader) ? 0 : before);
  }
}

TEST(File, AMissingFileIsDamage) {
  const Folder folder;
  write_records(folder, 1, 1, 10);
  write_records(folder, 2, 11, 10);
  write_records(folder, 3, 21, 10);
  std::filesystem::remove(journal_file_path(folder.path(), 2));
  EXPECT_EQ(read_all(folder).ending.kind, EndKind::Damaged);
  EXPECT_EQ(read_all(folder).count, 10U);
}

TEST(File, ATailInAnEarlierFileIsDamage) {
  const Folder folder;
  write_records(folder, 1, 1, 10);
  write_records(folder, 2, 11, 10);
  const std::string path = journal_file_path(folder.path(), 1);
  std::vector<char> bytes = test::bytes_of(path);
  bytes.pop_back();
  test::put_bytes(path, bytes);
  EXPECT_EQ(read_all(folder).ending.kind, EndKind::Damaged);
}

TEST(File, AFileIsNeverWrittenOver) {
  const Folder folder;
  write_records(folder, 1, 1, 1);
  EXPECT_THROW(begin(folder, 1, 1), JournalError);
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
}

// A disk that is full: the failure is final, told once, and the records stay in the ring.
TEST(File, AFailedWriteIsNeverTriedAgain) {
  const Folder folder;
  const test::RingMemory memory(1'024);
  std::atomic<shm::JournalHealth> health{};
  shm::AtomicWord written{0};
  int told = 0;
  JournalWriter writer({memory.view(), health, written, [&told](const std::string&) { ++told; }}, begin(folder, 1, 1));
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
  const rlimit tight{sizeof(FileHeader) + 40, before.rlim_max};
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
