// SPDX-License-Identifier: Apache-2.0
// A disk that fails: an error once and then none, no room, short writes. The journal stops, says why, tries nothing
// again, and the next life has everything that was acknowledged.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "sidecar/journal/reader.h"
#include "tests/journal/folder.h"
#include "tests/journal/life.h"

namespace {

// What the system calls of this program's journal do, in place of those of the C library.
struct Disk {
  int syncs = 0, sync_fails_at = 0;  // the n-th from now on; 0: never
  int writes = 0, write_fails_at = 0;
  int short_by = 0;  // of each write: it does no more than 1/short_by of what is asked
  int cuts_fail = 0, room_fails = 0;
  int error = EIO;
};
Disk disk;

}  // namespace

extern "C" int fdatasync(int fd) {
  if (++disk.syncs == disk.sync_fails_at) return errno = disk.error, -1;
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

extern "C" ssize_t pwrite(int fd, const void* bytes, std::size_t size, off_t at) {
  if (++disk.writes == disk.write_fails_at) return errno = disk.error, -1;
  if (disk.short_by != 0 && size > 8) size = size / static_cast<std::size_t>(disk.short_by) + 1;
  return ::syscall(SYS_pwrite64, fd, bytes, size, at);
}

extern "C" int ftruncate(int fd, off_t size) {
  if (disk.cuts_fail != 0) return errno = disk.error, -1;
  return static_cast<int>(::syscall(SYS_ftruncate, fd, size));
}

extern "C" int posix_fallocate(int fd, off_t from, off_t size) {
  if (disk.room_fails != 0) return disk.error;
  return ::syscall(SYS_fallocate, fd, 0, from, size) == 0 ? 0 : errno;
}

namespace bulwark::journal {
namespace {

class DiskFault : public testing::Test {
protected:
  DiskFault() { disk = {}; }
  ~DiskFault() override { disk = {}; }
  test::Life& live() {
    life.reset();
    return life.emplace(folder / "journal", folder / "ring", "1000000");
  }
  // Some orders that are durable, and some more that are acknowledged but not written yet.
  void trade() {
    live();
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(life->buy("a" + std::to_string(i), 1));
    ASSERT_TRUE(life->writer.work());
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(life->buy("b" + std::to_string(i), 1));
    before = test::bytes_of(journal_files(folder / "journal").back());
    disk = {};
  }
  // It has stopped, for good: nothing is tried again, and what it could not write is still in the ring.
  void expect_the_end() {
    EXPECT_EQ(life->health.load(), shm::JournalHealth::Failed);
    const int tried = disk.syncs + disk.writes;
    EXPECT_FALSE(life->writer.work());
    EXPECT_FALSE(life->writer.stop());
    EXPECT_EQ(disk.syncs + disk.writes, tried);
    ASSERT_EQ(life->told.size(), 1U);
    EXPECT_NE(life->told[0].find("000001.journal: cannot"), std::string::npos) << life->told[0];
    EXPECT_NE(life->told[0].find("Put the disk right and start again"), std::string::npos) << life->told[0];
  }
  // The pages of the failed commit may be gone, whatever a later fsync says.
  void lose_what_was_not_durable() {
    life.reset();
    disk = {};
    const std::string file = journal_files(folder / "journal").back();
    const int fd = ::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    ASSERT_EQ(::write(fd, before.data(), before.size()), static_cast<ssize_t>(before.size()));
    ::close(fd);
  }
  void expect_everything() {
    EXPECT_EQ(live().working(), 50);
    life->end();
    EXPECT_TRUE(life->writer.stop());
    BlockReader reader(folder / "journal");
    while (reader.next()) {
    }
    EXPECT_EQ(reader.ending().kind, EndKind::Whole) << reader.ending().text();
  }

  test::Folder folder;
  std::optional<test::Life> life;
  std::vector<char> before;
};

TEST_F(DiskFault, AnErrorOfFsyncIsFinalThoughTheNextOneWouldSucceed) {
  trade();
  disk.sync_fails_at = 1;
  EXPECT_FALSE(life->writer.work());
  EXPECT_EQ(disk.syncs, 1);
  expect_the_end();
  lose_what_was_not_durable();
  expect_everything();
}

TEST_F(DiskFault, ADiskWithoutRoomStopsIt) {
  trade();
  disk.write_fails_at = 1;
  disk.error = ENOSPC;
  EXPECT_FALSE(life->writer.work());
  expect_the_end();
  EXPECT_NE(life->told[0].find("No space left"), std::string::npos) << life->told[0];
  lose_what_was_not_durable();
  expect_everything();
}

TEST_F(DiskFault, AHalfOfAWriteIsTorn) {
  trade();
  disk.short_by = 2;
  disk.write_fails_at = 2;  // after a first part
  EXPECT_FALSE(life->writer.work());
  expect_the_end();
  life.reset();
  disk = {};
  expect_everything();
}

TEST_F(DiskFault, ShortWritesGoOnUntilEverythingIsThere) {
  disk.short_by = 3;
  trade();
  disk.short_by = 3;
  EXPECT_TRUE(life->writer.work());
  EXPECT_GT(disk.writes, 5);
  disk = {};
  expect_everything();
}

TEST_F(DiskFault, AnEndThatTheDiskRefusesIsNoEndInGoodOrder) {
  trade();
  disk.cuts_fail = 1;
  EXPECT_FALSE(life->writer.stop());
  EXPECT_EQ(life->health.load(), shm::JournalHealth::Failed);
  life.reset();
  disk = {};
  EXPECT_EQ(read_head(folder / "journal")->clean, 0U);
  expect_everything();
}

TEST_F(DiskFault, WithoutRoomForAFileNothingBegins) {
  disk.room_fails = 1;
  disk.error = ENOSPC;
  try {
    live();
    FAIL() << "it began";
  } catch (const JournalError& error) {
    EXPECT_NE(std::string(error.what()).find("000001.journal: cannot take 1 MiB of the disk"), std::string::npos)
        << error.what();
  }
  EXPECT_TRUE(journal_files(folder / "journal").empty());
  disk = {};
  EXPECT_EQ(live().working(), 0);
}

}  // namespace
}  // namespace bulwark::journal
