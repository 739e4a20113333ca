// SPDX-License-Identifier: Apache-2.0
// Journal files: names, checksums, and writing to the end of one.
#include "sidecar/journal/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>

#include "sidecar/journal/crc32c.h"
#include "sidecar/journal/packed.h"

namespace bulwark::journal {

namespace {

constexpr std::string_view suffix = ".journal";

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw JournalError(path + ": cannot " + what + ": " + std::strerror(errno));
}

}  // namespace

std::string read_whole(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(path, "open it");
  std::string bytes;
  ssize_t got = 0;
  do {
    const std::size_t size = bytes.size();
    bytes.resize(size + (1U << 20U));
    got = ::read(fd, bytes.data() + size, bytes.size() - size);
    bytes.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  } while (got > 0 || (got < 0 && errno == EINTR));
  const int why = errno;
  ::close(fd);
  errno = why;
  if (got < 0) fail(path, "read it");
  return bytes;
}

void make_names_durable(const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) fail(directory, "open the folder");
  const int result = ::fsync(fd);
  ::close(fd);
  if (result != 0) fail(directory, "make a new file's name durable");
}

std::uint32_t header_checksum(FileHeader header) {
  header.checksum = 0;
  const auto words = std::bit_cast<std::array<std::uint64_t, file_header_words>>(header);
  return crc32c(0, words);
}

std::uint32_t record_checksum(Commit commit, std::span<const std::uint64_t> words) {
  const std::uint64_t first[1] = {commit.word()};
  return crc32c(crc32c(0, first), words);
}

std::string journal_file_path(const std::string& directory, std::uint64_t number) {
  char name[32];
  std::snprintf(name, sizeof name, "%06llu", static_cast<unsigned long long>(number));
  return directory + "/" + name + std::string(suffix);
}

std::uint64_t journal_file_number(const std::string& path) {
  return std::stoull(std::filesystem::path(path).filename().string());
}

std::vector<std::string> journal_files(const std::string& directory) {
  std::map<std::uint64_t, std::string> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    const std::size_t digits = name.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string::npos || digits > 18) continue;
    const std::string kind = name.substr(digits);
    // Between the packing of a file and its removal both are there, and say the same.
    if (kind == suffix) found[std::stoull(name)] = entry.path().string();
    else if (kind == std::string(suffix) + packed_suffix) found.emplace(std::stoull(name), entry.path().string());
  }
  std::vector<std::string> paths;
  for (auto& [number, path] : found) paths.push_back(std::move(path));
  return paths;
}

FileWriter::FileWriter(const std::string& directory, FileHeader header, std::uint64_t room_bytes)
    : path_(journal_file_path(directory, header.number)),
      fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640)) {
  if (fd_ < 0) fail(path_, "create the journal file");
  errno = ::posix_fallocate(fd_, 0, static_cast<off_t>(room_bytes));
  if (errno != 0) {
    const int why = errno;
    ::close(fd_);
    ::unlink(path_.c_str());
    errno = why;
    fail(path_, ("take " + std::to_string(room_bytes >> 20U) + " MiB of the disk").c_str());
  }
  header.magic = file_magic;
  header.version = format_version;
  header.header_bytes = sizeof(FileHeader);
  header.checksum = header_checksum(header);
  write(std::bit_cast<std::array<std::uint64_t, file_header_words>>(header));
  if (::fsync(fd_) != 0) fail(path_, "make a new file durable (fsync)");
  make_names_durable(directory);
}

FileWriter::~FileWriter() { ::close(fd_); }

void FileWriter::write(std::span<const std::uint64_t> words) {
  const char* bytes = reinterpret_cast<const char*>(words.data());
  for (std::size_t left = words.size_bytes(); left > 0;) {
    const ssize_t done = ::pwrite(fd_, bytes, left, static_cast<off_t>(bytes_));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) fail(path_, "write");
    bytes += done;
    bytes_ += static_cast<std::uint64_t>(done);
    left -= static_cast<std::size_t>(done);
  }
}

void FileWriter::sync() {
  if (::fdatasync(fd_) != 0) fail(path_, "make records durable (fdatasync)");
}

void FileWriter::close_whole() {
  if (::ftruncate(fd_, static_cast<off_t>(bytes_)) != 0) fail(path_, "give back what is left of its room");
  if (::fsync(fd_) != 0) fail(path_, "make records durable (fsync)");
}

}  // namespace bulwark::journal
