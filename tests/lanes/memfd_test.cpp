// SPDX-License-Identifier: Apache-2.0
// What the other end of a lane can do to it before and after it is sealed: the attacks that were tried, each refused.
#include "shm/memfd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "shm/lane.h"
#include "shm/lane_server.h"

using namespace bulwark;
using namespace bulwark::shm;

namespace {

constexpr std::size_t bytes = lane_segment_bytes;

struct Sealed {
  Descriptor memory = create_memfd("test-lane", bytes);
  MappedBytes ours = map_whole(memory.get(), PROT_READ | PROT_WRITE, bytes);
  MappedBytes theirs;  // the client's, made before the writers are sealed out

  Sealed() {
    EXPECT_TRUE(memory && ours);
    EXPECT_TRUE(seal_size(memory.get()));
    theirs = map_whole(memory.get(), PROT_READ | PROT_WRITE, bytes);
    EXPECT_TRUE(theirs);
  }
};

bool refused(int result) { return result != 0 && (errno == EPERM || errno == EACCES || errno == EIO); }

}  // namespace

TEST(Memfd, WhoHasMappedItWritesOn) {
  Sealed sealed;
  ASSERT_TRUE(seal_writers(sealed.memory.get()));
  ASSERT_TRUE(take_pages(sealed.memory.get(), sealed.ours));
  LaneClient client(lane_in(sealed.theirs.get(), ClientIndex{3}));
  LaneServer server(lane_in(sealed.ours.get(), ClientIndex{3}));
  Request request;
  request.kind = MessageKind::Ack;
  request.id = Id::from("over two mappings");
  const auto ticket = client.send(request, false);
  Request got;
  ASSERT_TRUE(server.poll(got));
  EXPECT_EQ(got.id.view(), "over two mappings");
  server.answer({});
  EXPECT_TRUE(client.poll(*ticket));
}

TEST(Memfd, TheSizeCannotBeChangedFromTheStart) {
  Sealed sealed;
  EXPECT_TRUE(refused(::ftruncate(sealed.memory.get(), 4096)));
  EXPECT_TRUE(refused(::ftruncate(sealed.memory.get(), bytes * 2)));
  EXPECT_TRUE(refused(::fallocate(sealed.memory.get(), 0, 0, bytes * 2)));
}

TEST(Memfd, AfterTheSealNobodyWritesAnew) {
  Sealed sealed;
  ASSERT_TRUE(seal_writers(sealed.memory.get()));
  std::memset(sealed.theirs.get(), 0x5a, bytes);
  const int fd = sealed.memory.get();
  EXPECT_EQ(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
  void* read_only = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd, 0);
  ASSERT_NE(read_only, MAP_FAILED);
  EXPECT_TRUE(refused(::mprotect(read_only, bytes, PROT_READ | PROT_WRITE)));
  EXPECT_EQ(::pwrite(fd, "x", 1, 0), -1);
  EXPECT_TRUE(refused(::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, bytes)));
  EXPECT_NE(::fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, bytes), 0);
  EXPECT_NE(::madvise(sealed.theirs.get(), bytes, MADV_REMOVE), 0) << "a hole, through a mapping that may write";
  EXPECT_TRUE(refused(::fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE))) << "no more seals: they could hurt us too";
  const Descriptor again(::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDWR | O_CLOEXEC));
  if (again) {
    EXPECT_EQ(::pwrite(again.get(), "x", 1, 0), -1);
    EXPECT_EQ(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, again.get(), 0), MAP_FAILED);
  }
  char x = 'x';
  const iovec from{&x, 1}, to{read_only, 1};
  EXPECT_EQ(::process_vm_writev(::getpid(), &from, 1, &to, 1, 0), -1);
  const Descriptor own_memory(::open("/proc/self/mem", O_RDWR | O_CLOEXEC));
  if (own_memory) {
    EXPECT_EQ(::pwrite(own_memory.get(), &x, 1, static_cast<off_t>(reinterpret_cast<std::uintptr_t>(read_only))), -1);
  }
  for (std::size_t i = 0; i < bytes; i += 4096) EXPECT_EQ(static_cast<const char*>(sealed.ours.get())[i], 0x5a);
  ::munmap(read_only, bytes);
}

// Before the seal the client may punch holes; the pages are taken again before the hot loop looks.
TEST(Memfd, HolesPunchedBeforeTheSealAreFilledAgain) {
  Sealed sealed;
  ASSERT_EQ(::fallocate(sealed.memory.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, bytes), 0);
  struct stat info {};
  ::fstat(sealed.memory.get(), &info);
  EXPECT_EQ(info.st_blocks, 0);
  ASSERT_TRUE(seal_writers(sealed.memory.get()));
  ASSERT_TRUE(take_pages(sealed.memory.get(), sealed.ours));
  ::fstat(sealed.memory.get(), &info);
  EXPECT_EQ(static_cast<std::size_t>(info.st_blocks) * 512, bytes);
}

TEST(Memfd, ItIsNeverExecuted) {
  Sealed sealed;
  // Where the kernel knows MFD_NOEXEC_SEAL (Linux 6.3), the file has lost its execute bits for good.
  struct stat info {};
  ::fstat(sealed.memory.get(), &info);
  if ((info.st_mode & 0111) != 0) GTEST_SKIP() << "this kernel does not know MFD_NOEXEC_SEAL";
  EXPECT_NE(::fchmod(sealed.memory.get(), 0777), 0);
}
