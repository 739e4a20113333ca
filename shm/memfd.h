// SPDX-License-Identifier: Apache-2.0
// Memory without a name: memfds, their seals, and owners for descriptors and mappings. The sidecar makes a lane with
// it, the client maps what it was handed. Cold; failures are empty objects, and errno says why.
//
// The order that leaves a client no way to hurt the sidecar: create (all pages reserved) -> map -> seal the size ->
// hand over -> the client maps -> seal against new writers and further seals -> take all pages again -> use.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <utility>

namespace bulwark::shm {

// Owns a descriptor.
class Descriptor {
public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

private:
  int fd_ = -1;
};

// Owns a mapping of a whole file.
class MappedBytes {
public:
  MappedBytes() = default;
  MappedBytes(void* address, std::size_t bytes) : address_(address), bytes_(bytes) {}
  MappedBytes(MappedBytes&& other) noexcept
      : address_(std::exchange(other.address_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  MappedBytes& operator=(MappedBytes&& other) noexcept {
    std::swap(address_, other.address_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MappedBytes() {
    if (address_ != nullptr) ::munmap(address_, bytes_);
  }
  void* get() const { return address_; }
  std::size_t bytes() const { return bytes_; }
  void release() { address_ = nullptr; }  // stays mapped until the process ends
  explicit operator bool() const { return address_ != nullptr; }

private:
  void* address_ = nullptr;
  std::size_t bytes_ = 0;
};

// Maps all of it; empty where it has less than `at_least` bytes, or cannot be mapped so.
inline MappedBytes map_whole(int fd, int protection, std::size_t at_least) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || static_cast<std::size_t>(info.st_size) < at_least || at_least == 0) return {};
  const auto bytes = static_cast<std::size_t>(info.st_size);
  void* address = ::mmap(nullptr, bytes, protection, MAP_SHARED | MAP_POPULATE, fd, 0);
  return address == MAP_FAILED ? MappedBytes{} : MappedBytes{address, bytes};
}

// Memory with all its pages reserved (a later fault would be a SIGBUS), to be sealed, and never to be executed.
inline Descriptor create_memfd(const char* name, std::size_t bytes) {
#ifndef MFD_NOEXEC_SEAL
  constexpr unsigned MFD_NOEXEC_SEAL = 8U;
#endif
  int fd = ::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  if (fd < 0 && errno == EINVAL) fd = ::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);  // before Linux 6.3
  Descriptor memory(fd);
  if (!memory || ::fallocate(fd, 0, 0, static_cast<off_t>(bytes)) != 0) return {};
  return memory;
}

inline bool seal_size(int fd) { return ::fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0; }

// From now on nobody can map it for writing, write to it, punch holes into it, or add a seal; who has mapped it goes
// on.
inline bool seal_writers(int fd) {
#ifndef F_SEAL_FUTURE_WRITE
  constexpr int F_SEAL_FUTURE_WRITE = 0x10;
#endif
  return ::fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) == 0;
}

// Takes again every page that may have been punched out before the seal.
inline bool take_pages(int fd, const MappedBytes& memory) {
#ifndef MADV_POPULATE_WRITE
  constexpr int MADV_POPULATE_WRITE = 23;
#endif
  if (::fallocate(fd, 0, 0, static_cast<off_t>(memory.bytes())) != 0) return false;
  // Linux before 5.14 does not know it; the pages are reserved all the same, their first touch is then a minor fault.
  return ::madvise(memory.get(), memory.bytes(), MADV_POPULATE_WRITE) == 0 || errno == EINVAL;
}

}  // namespace bulwark::shm
