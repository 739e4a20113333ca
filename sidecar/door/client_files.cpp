// SPDX-License-Identifier: Apache-2.0
#include "sidecar/door/client_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <memory>
#include <new>

#include "shm/attach.h"
#include "shm/process.h"

namespace bulwark::cold {

namespace {

struct Holder {
  std::int32_t pid = 0;
  std::uint64_t start_time = 0;
  bool detached = false;
  shm::Permission acknowledged{};
  MonotonicNs acknowledged_at{};
  bool alive() const { return !detached && shm::process_alive(pid, start_time); }
};

std::optional<Holder> read_holder(const std::string& path) {
  const shm::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  alignas(shm::ClientFile) std::byte bytes[sizeof(shm::ClientFile)];
  if (!file || ::pread(file.get(), bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes)) return {};
  const auto& found = *reinterpret_cast<const shm::ClientFile*>(bytes);
  if (shm::examine(&found.header, sizeof bytes, shm::SegmentKind::ClientFile, sizeof bytes) !=
      shm::AttachStatus::Ready) {
    return {};
  }
  return Holder{found.pid,
                found.start_time,
                found.detached.load(std::memory_order_relaxed) != 0,
                {found.acknowledged.load(std::memory_order_relaxed)},
                MonotonicNs{found.acknowledged_ns.load(std::memory_order_relaxed)}};
}

}  // namespace

std::string ClientFiles::file_name(std::string_view client) {
  std::string name;
  for (const char c : client) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    if (plain) {
      name += c;
    } else {
      char escaped[4];
      std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
      name += escaped;
    }
  }
  return name;
}

// Only what file_name made is read back.
std::string ClientFiles::client_of(std::string_view file_name) {
  std::string name;
  for (std::size_t i = 0; i < file_name.size(); ++i) {
    unsigned code = 0;
    const bool escaped = file_name[i] == '%' && i + 2 < file_name.size() &&
                         std::from_chars(&file_name[i + 1], &file_name[i + 1] + 2, code, 16).ec == std::errc{};
    name += escaped ? static_cast<char>(code) : file_name[i];
    if (escaped) i += 2;
  }
  return name;
}

std::map<std::string, ClientFiles::Acknowledgement> ClientFiles::acknowledgements() const {
  std::map<std::string, Acknowledgement> result;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(folder_.c_str()), ::closedir);
  if (!folder) return result;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name.starts_with('.')) continue;
    const auto holder = read_holder(folder_ + "/" + std::string(name));
    if (holder && holder->alive()) result[client_of(name)] = {holder->acknowledged, holder->acknowledged_at};
  }
  return result;
}

std::optional<Peer> ClientFiles::living_holder(std::string_view client) const {
  const auto holder = read_holder(path(client));
  if (!holder || !holder->alive()) return {};
  return Peer{holder->pid, 0, 0, holder->start_time};
}

shm::Descriptor ClientFiles::create(const Name& client, const Peer& peer, std::uint64_t generation) const {
  const std::string making = path_in_making(client.view());
  ::unlink(making.c_str());
  shm::Descriptor file(::open(making.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
  alignas(shm::ClientFile) std::byte bytes[sizeof(shm::ClientFile)] = {};
  auto* content = new (bytes) shm::ClientFile{};
  shm::fill_header(content->header, shm::SegmentKind::ClientFile, sizeof bytes, generation);
  content->client = client;
  content->pid = peer.pid;
  content->start_time = peer.start_time;
  shm::make_ready(content->header);
  if (!file || ::posix_fallocate(file.get(), 0, sizeof bytes) != 0 ||
      ::pwrite(file.get(), bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes)) {
    ::unlink(making.c_str());
    return {};
  }
  return file;
}

bool ClientFiles::publish(std::string_view client) const {
  return ::rename(path_in_making(client).c_str(), path(client).c_str()) == 0;
}

void ClientFiles::remove(std::string_view client) const { ::unlink(path(client).c_str()); }
void ClientFiles::discard(std::string_view client) const { ::unlink(path_in_making(client).c_str()); }

void ClientFiles::remove_dead() const {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(folder_.c_str()), ::closedir);
  if (!folder) return;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    const std::string file = folder_ + "/" + std::string(name);
    const auto holder = read_holder(file);
    if (!holder || !shm::process_alive(holder->pid, holder->start_time)) ::unlink(file.c_str());
  }
}

}  // namespace bulwark::cold
