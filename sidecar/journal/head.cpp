// SPDX-License-Identifier: Apache-2.0
#include "sidecar/journal/head.h"

#include <fcntl.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "sidecar/journal/crc32c.h"
#include "sidecar/journal/file.h"

namespace bulwark::journal {

namespace {

constexpr std::uint64_t head_magic = 0x0a6461656a6c7762ULL;  // "bwljead\n"

std::uint32_t checksum_of(Head head) {
  head.checksum = 0;
  return crc32c(0, std::bit_cast<std::array<std::uint64_t, sizeof(Head) / 8>>(head));
}

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw JournalError(path + ": cannot " + what + ": " + std::strerror(errno));
}

}  // namespace

std::string head_path(const std::string& directory) { return directory + "/head"; }

std::optional<Head> read_head(const std::string& directory) {
  const std::string path = head_path(directory);
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  char bytes[sizeof(Head) + 1];
  file.read(bytes, sizeof bytes);
  Head head{};
  if (file.gcount() == sizeof head) std::memcpy(&head, bytes, sizeof head);
  if (head.magic != head_magic || head.checksum != checksum_of(head)) {
    throw JournalError(path + ": byte 0: this is no head of a journal, or it was changed");
  }
  if (head.version != format_version) {
    throw JournalError(path + ": byte 0: format version " + std::to_string(head.version) + " of another build");
  }
  return head;
}

void write_head(const std::string& directory, Head head) {
  head.magic = head_magic;
  head.version = format_version;
  head.checksum = checksum_of(head);
  const std::string path = head_path(directory), making = path + ".new";
  const int fd = ::open(making.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (fd < 0) fail(making, "create the file");
  const bool written = ::write(fd, &head, sizeof head) == sizeof head && ::fdatasync(fd) == 0;
  const int why = errno;
  ::close(fd);
  errno = why;
  if (!written) fail(making, "write the journal's head");
  if (::rename(making.c_str(), path.c_str()) != 0) fail(path, "give the journal's head its name");
}

}  // namespace bulwark::journal
