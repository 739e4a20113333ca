// SPDX-License-Identifier: Apache-2.0
#include "sidecar/journal/segment.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sidecar/journal/file.h"
#include "sidecar/journal/packed.h"

namespace bulwark::journal {

namespace {

constexpr std::size_t window_words = 128 * 1024;  // 1 MiB

}  // namespace

SegmentFile::SegmentFile(const std::string& path) : path_(path), fd_(-1) {
  if (is_packed(path)) {
    unpacked_ = unpack(path);
    return;
  }
  fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) throw JournalError(path + ": byte 0: cannot be opened: " + std::strerror(errno));
}

SegmentFile::~SegmentFile() {
  if (fd_ >= 0) ::close(fd_);
}

std::vector<std::uint64_t> first_words(const std::string& path, std::size_t count) {
  if (is_packed(path)) return unpack_first(path, count);
  SegmentFile segment(path);
  const auto words = segment.words(0, count);
  return {words.begin(), words.end()};
}

std::uint64_t SegmentFile::bytes() const {
  if (fd_ < 0) return unpacked_.size() * 8;
  struct stat info {};
  if (::fstat(fd_, &info) != 0) throw JournalError(path_ + ": cannot be looked at: " + std::strerror(errno));
  return static_cast<std::uint64_t>(info.st_size);
}

std::span<const std::uint64_t> SegmentFile::words(std::uint64_t word, std::size_t count) {
  if (fd_ < 0) {
    const auto rest =
        std::span<const std::uint64_t>(unpacked_).subspan(std::min<std::uint64_t>(word, unpacked_.size()));
    return rest.first(std::min(count, rest.size()));
  }
  const bool inside = word >= window_begin_ && word + count <= window_begin_ + window_.size();
  if (!inside) {
    const std::uint64_t left = std::max(bytes() / 8, word) - word;
    window_.resize(std::min<std::uint64_t>(std::max(count, window_words), left));
    window_begin_ = word;
    std::size_t got = 0;
    while (got < window_.size() * 8) {
      const ssize_t done = ::pread(fd_, reinterpret_cast<char*>(window_.data()) + got, window_.size() * 8 - got,
                                   static_cast<off_t>(word * 8 + got));
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) {
        throw JournalError(path_ + ": byte " + std::to_string(word * 8 + got) +
                           ": cannot be read: " + std::strerror(errno));
      }
      if (done == 0) break;
      got += static_cast<std::size_t>(done);
    }
    window_.resize(got / 8);
  }
  const auto whole = std::span<const std::uint64_t>(window_).subspan(word - window_begin_);
  return whole.first(std::min(count, whole.size()));
}

}  // namespace bulwark::journal
