// SPDX-License-Identifier: Apache-2.0
// Every flipped bit and every cut of a journal that ended in good order is found, and where. 64 KiB of it; a larger one
// by hand: BULWARK_DAMAGE_BYTES=4194304 journal_damage_test
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "sidecar/journal/blocks.h"
#include "tests/journal/sample.h"

namespace bulwark::journal {
namespace {

using test::Folder;

std::uint64_t sample_bytes() {
  const char* asked = std::getenv("BULWARK_DAMAGE_BYTES");
  return asked == nullptr ? 64 * 1024 : std::strtoull(asked, nullptr, 10);
}

// One file of a journal alone in a folder of its own, as a journal that begins and ends with it: so a change is looked
// for from its own block's file on, and not from the journal's first.
class OneFile {
public:
  OneFile(const Block& last, const Head& head) {
    path_ = folder_ / std::filesystem::path(last.file).filename().string();
    std::filesystem::copy_file(last.file, path_);
    Head own = head;
    own.clean = 1;
    own.sequence = last.last;
    own.hash = last.hash;
    own.file = journal_file_number(path_);
    own.file_bytes = std::filesystem::file_size(path_);
    write_head(folder_.path(), own);
    FileHeader header{};
    const std::vector<char> bytes = test::bytes_of(path_);
    std::memcpy(&header, bytes.data(), sizeof header);
    first_ = header.first_sequence;
    fd_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
  }
  ~OneFile() { ::close(fd_); }

  std::uint64_t bytes() const { return std::filesystem::file_size(path_); }
  Ending read() const {
    BlockReader reader(folder_.path(), first_);
    while (reader.next()) {
    }
    return reader.ending();
  }
  void flip(std::uint64_t bit) const {
    unsigned char byte = 0;
    const auto at = static_cast<off_t>(bit / 8);
    if (::pread(fd_, &byte, 1, at) != 1) throw std::runtime_error("cannot read");
    byte = static_cast<unsigned char>(byte ^ 1U << bit % 8);
    if (::pwrite(fd_, &byte, 1, at) != 1) throw std::runtime_error("cannot write");
  }
  const std::string& path() const { return path_; }

private:
  Folder folder_;
  std::string path_;
  std::uint64_t first_ = 0;
  int fd_ = -1;
};

void flip_every_bit(const OneFile& file) {
  const std::uint64_t bits = file.bytes() * 8;
  for (std::uint64_t bit = 0; bit < bits; ++bit) {
    file.flip(bit);
    const Ending ending = file.read();
    file.flip(bit);
    ASSERT_EQ(ending.kind, EndKind::Damaged) << file.path() << ": bit " << bit;
    ASSERT_EQ(ending.file, file.path());
    ASSERT_LE(ending.byte, bit / 8);
  }
}

void cut_at_every_byte(const OneFile& file) {
  const std::vector<char> whole = test::bytes_of(file.path());
  for (std::uint64_t size = whole.size(); size-- > 0;) {
    std::filesystem::resize_file(file.path(), size);
    const Ending ending = file.read();
    ASSERT_EQ(ending.kind, EndKind::Damaged) << file.path() << ": " << size << " bytes";
    ASSERT_EQ(ending.file, file.path());
    ASSERT_LE(ending.byte, size);
  }
  test::put_bytes(file.path(), whole);
}

TEST(Damage, EveryFlippedBitAndEveryCutIsFound) {
  const Folder folder;
  std::uint64_t written = 0;
  {
    Appender appender(test::plan_for(folder, 4'096));
    while (written < sample_bytes()) {
      test::append(appender, 1, 6);
      written = (journal_files(folder.path()).size() - 1) * 4'096 + appender.file_bytes();
    }
    appender.finish();
  }
  std::vector<Block> last_blocks;  // of each file
  BlockReader reader(folder.path());
  while (reader.next()) {
    if (!last_blocks.empty() && last_blocks.back().file == reader.block().file) last_blocks.pop_back();
    last_blocks.push_back(reader.block());
  }
  ASSERT_EQ(reader.ending().kind, EndKind::Whole);
  ASSERT_GT(last_blocks.size(), 10U);
  for (const Block& last : last_blocks) {
    const OneFile file(last, *reader.head());
    ASSERT_EQ(file.read().kind, EndKind::Whole) << file.read().text();
    ASSERT_NO_FATAL_FAILURE(flip_every_bit(file));
    ASSERT_NO_FATAL_FAILURE(cut_at_every_byte(file));
    ASSERT_EQ(file.read().kind, EndKind::Whole);
  }
}

TEST(Damage, EveryFlippedBitOfTheHeadIsFound) {
  const Folder folder;
  {
    Appender appender(test::plan_for(folder, 4'096));
    test::append(appender, 3, 6);
    appender.finish();
  }
  for (std::size_t bit = 0; bit < sizeof(Head) * 8; ++bit) {
    test::flip_bit(head_path(folder.path()), bit / 8, static_cast<int>(bit % 8));
    BlockReader reader(folder.path());
    while (reader.next()) {
    }
    test::flip_bit(head_path(folder.path()), bit / 8, static_cast<int>(bit % 8));
    ASSERT_EQ(reader.ending().kind, EndKind::Damaged) << "bit " << bit;
  }
}

// Whole files that are gone, from the end on.
TEST(Damage, FilesThatAreGoneAreMissed) {
  const Folder folder;
  {
    Appender appender(test::plan_for(folder, 4'096));
    test::append(appender, 60, 6);
    appender.finish();
  }
  std::vector<std::string> files = journal_files(folder.path());
  ASSERT_GT(files.size(), 5U);
  for (; !files.empty(); files.pop_back()) {
    std::filesystem::remove(files.back());
    BlockReader reader(folder.path());
    while (reader.next()) {
    }
    ASSERT_EQ(reader.ending().kind, EndKind::Damaged) << files.size();
  }
}

}  // namespace
}  // namespace bulwark::journal
