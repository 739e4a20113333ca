// SPDX-License-Identifier: Apache-2.0
#include "sidecar/journal/snapshot.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "core/engine.h"
#include "core/state/words.h"
#include "shm/clock.h"
#include "sidecar/journal/crc32c.h"
#include "sidecar/journal/file.h"

namespace bulwark::journal {

namespace {

constexpr std::uint64_t snapshot_magic = 0x0a70616e736c7762ULL;  // "bwlsnap\n"
constexpr std::uint32_t snapshot_version = 1;
constexpr std::string_view name_begin = "snapshot-", name_end = ".snapshot";

[[noreturn]] void fail(const std::string& path, const std::string& what) { throw JournalError(path + ": " + what); }

std::uint32_t checksum_of(SnapshotHeader header) {
  header.checksum = 0;
  std::uint64_t words[sizeof header / 8];
  std::memcpy(words, &header, sizeof header);
  return crc32c(0, words);
}

// The record that a snapshot's name names; 0: it is no snapshot.
std::uint64_t sequence_in(const std::string& name) {
  if (!name.starts_with(name_begin) || !name.ends_with(name_end)) return 0;
  std::uint64_t sequence = 0;
  for (const char c :
       std::string_view(name).substr(name_begin.size(), name.size() - name_begin.size() - name_end.size())) {
    if (c < '0' || c > '9' || sequence > UINT64_MAX / 100) return 0;
    sequence = sequence * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return sequence;
}

// A file that is being made: what it gets behind its header is compressed on the way. Where it comes to nothing, it
// goes: the journal may need the room.
class SnapshotFile {
public:
  explicit SnapshotFile(const std::string& path)
      : path_(path),
        fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640)),
        stream_(ZSTD_createCCtx(), ZSTD_freeCCtx),
        buffer_(ZSTD_CStreamOutSize()) {
    if (fd_ < 0) fail(path_, std::string("cannot create the file: ") + std::strerror(errno));
  }
  ~SnapshotFile() {
    ::close(fd_);
    if (!whole_) ::unlink(path_.c_str());
  }
  SnapshotFile(const SnapshotFile&) = delete;
  SnapshotFile& operator=(const SnapshotFile&) = delete;

  void add(std::span<const std::byte> bytes) { compress(bytes, ZSTD_e_continue); }
  // Behind the last byte. How long the body is.
  std::uint64_t end() {
    compress({}, ZSTD_e_end);
    return body_bytes_;
  }
  void finish(const SnapshotHeader& header) {
    write(&header, sizeof header, 0);
    if (::fsync(fd_) != 0) fail(path_, std::string("cannot make it durable: ") + std::strerror(errno));
    whole_ = true;
  }

private:
  void compress(std::span<const std::byte> bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::size_t left = 0;
    do {
      ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
      left = ZSTD_compressStream2(stream_.get(), &out, &in, directive);
      if (ZSTD_isError(left) != 0) fail(path_, std::string("cannot compress: ") + ZSTD_getErrorName(left));
      write(buffer_.data(), out.pos, sizeof(SnapshotHeader) + body_bytes_);
      body_bytes_ += out.pos;
    } while (directive == ZSTD_e_end ? left != 0 : in.pos < in.size);
  }
  void write(const void* data, std::size_t size, std::uint64_t at) {
    const auto* begin = static_cast<const char*>(data);
    while (size > 0) {
      const ssize_t written = ::pwrite(fd_, begin, size, static_cast<off_t>(at));
      if (written <= 0) fail(path_, std::string("cannot write: ") + std::strerror(errno));
      begin += written;
      at += static_cast<std::uint64_t>(written);
      size -= static_cast<std::size_t>(written);
    }
  }

  std::string path_;
  int fd_;
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> stream_;
  std::vector<char> buffer_;
  std::uint64_t body_bytes_ = 0;
  bool whole_ = false;
};

void check(const std::string& path, const SnapshotHeader& header, std::uint64_t file_bytes) {
  if (header.magic != snapshot_magic) fail(path, "this is no snapshot");
  if (header.checksum != checksum_of(header)) fail(path, "its header does not fit its checksum");
  if (header.version != snapshot_version || header.header_bytes != sizeof header) fail(path, "it is of another build");
  if (file_bytes != sizeof header + header.body_bytes) fail(path, "it is not as long as its header says");
}

}  // namespace

Hash state_digest(const core::Engine& engine) {
  Sha256 sha;
  sha.begin();
  core::StateWriter words([&sha](std::span<const std::byte> bytes) { sha.add(bytes); });
  engine.save(words);
  return sha.end();
}

std::string snapshot_name(std::uint64_t sequence) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%012llu", static_cast<unsigned long long>(sequence));
  return std::string(name_begin) + digits + std::string(name_end);
}

std::vector<std::string> snapshot_files(const std::string& directory) {
  std::vector<std::pair<std::uint64_t, std::string>> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const std::uint64_t sequence = sequence_in(entry.path().filename().string());
    if (sequence != 0) found.emplace_back(sequence, entry.path().string());
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<std::string> paths;
  for (auto& [sequence, path] : found) paths.push_back(std::move(path));
  return paths;
}

Hash write_snapshot(const std::string& directory, std::uint64_t journal, const ReplayFacts& facts, const Hash& chain,
                    const core::Engine& engine) {
  const std::string path = directory + "/" + snapshot_name(facts.sequence);
  const Hash digest = write_snapshot_to(path, directory + "/snapshot.new", journal, facts, chain, engine);
  const std::vector<std::string> all = snapshot_files(directory);
  for (std::size_t k = snapshots_kept; k < all.size(); ++k) ::unlink(all[k].c_str());
  return digest;
}

Hash write_snapshot_to(const std::string& path, const std::string& making, std::uint64_t journal,
                       const ReplayFacts& facts, const Hash& chain, const core::Engine& engine) {
  SnapshotHeader header{};
  header.magic = snapshot_magic;
  header.version = snapshot_version;
  header.header_bytes = sizeof header;
  header.journal = journal;
  header.facts = facts;
  header.chain = chain;
  header.written_ns = shm::wall_now().ns;
  SnapshotFile file(making);
  Sha256 sha;
  sha.begin();
  core::StateWriter words([&](std::span<const std::byte> bytes) {
    header.state_bytes += bytes.size();
    sha.add(bytes);
    file.add(bytes);
  });
  engine.save(words);
  header.digest = sha.end();
  header.body_bytes = file.end();
  header.checksum = checksum_of(header);
  file.finish(header);
  if (::rename(making.c_str(), path.c_str()) != 0) fail(path, std::string("cannot name it: ") + std::strerror(errno));
  make_names_durable(std::filesystem::path(path).parent_path());
  return header.digest;
}

SnapshotHeader read_snapshot_header(const std::string& path) {
  SnapshotHeader header{};
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(path, std::string("cannot open it: ") + std::strerror(errno));
  const ssize_t got = ::pread(fd, &header, sizeof header, 0);
  const off_t size = ::lseek(fd, 0, SEEK_END);
  ::close(fd);
  if (got != static_cast<ssize_t>(sizeof header)) fail(path, "it ends within its header");
  check(path, header, static_cast<std::uint64_t>(size));
  return header;
}

std::vector<std::byte> read_snapshot_state(const std::string& path, const SnapshotHeader& header) {
  const std::string file = read_whole(path);
  check(path, header, file.size());
  std::vector<std::byte> state(header.state_bytes);
  const std::size_t size =
      ZSTD_decompress(state.data(), state.size(), file.data() + sizeof header, file.size() - sizeof header);
  if (ZSTD_isError(size) != 0 || size != state.size()) fail(path, "its body is damaged");
  Sha256 sha;
  sha.begin();
  sha.add(state);
  if (sha.end() != header.digest) fail(path, "its state does not fit its digest");
  return state;
}

}  // namespace bulwark::journal
