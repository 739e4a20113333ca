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

#include "sidecar/journal/crc32c.h"

namespace bulwark::journal {

namespace {

constexpr std::size_t buffer_words = 128 * 1024;  // 1 MiB
constexpr std::string_view suffix = ".journal";

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw JournalError(path + ": cannot " + what + ": " + std::strerror(errno));
}

void write_whole(int fd, const std::string& path, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t done = ::write(fd, bytes, size);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) fail(path, "write");
    bytes += done;
    size -= static_cast<std::size_t>(done);
  }
}

}  // namespace

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

std::vector<std::string> journal_files(const std::string& directory) {
  std::vector<std::pair<std::uint64_t, std::string>> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    const std::size_t digits = name.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string::npos || name.substr(digits) != suffix || digits > 18) continue;
    found.emplace_back(std::stoull(name.substr(0, digits)), entry.path().string());
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> paths;
  for (auto& [number, path] : found) paths.push_back(std::move(path));
  return paths;
}

FileWriter::FileWriter(const std::string& directory, const FileHeader& header)
    : path_(journal_file_path(directory, header.number)),
      fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0640)) {
  if (fd_ < 0) fail(path_, "create the journal file");
  buffer_.reserve(buffer_words);
  FileHeader full = header;
  full.magic = file_magic;
  full.version = format_version;
  full.header_bytes = sizeof(FileHeader);
  full.checksum = header_checksum(full);
  write_whole(fd_, path_, reinterpret_cast<const char*>(&full), sizeof full);
  pending_ = true;
  sync();
  make_names_durable(directory);
}

FileWriter::~FileWriter() { ::close(fd_); }

void FileWriter::append(Commit commit, std::span<const std::uint64_t> words) {
  if (buffer_.size() + 2 + words.size() > buffer_words) write_out();
  buffer_.push_back(commit.word());
  buffer_.push_back(record_checksum(commit, words));
  buffer_.insert(buffer_.end(), words.begin(), words.end());
  pending_ = true;
}

void FileWriter::write_out() {
  write_whole(fd_, path_, reinterpret_cast<const char*>(buffer_.data()), buffer_.size() * 8);
  buffer_.clear();
}

void FileWriter::sync() {
  if (!pending_) return;
  write_out();
  if (::fdatasync(fd_) != 0) fail(path_, "make records durable (fdatasync)");
  pending_ = false;
}

}  // namespace bulwark::journal
