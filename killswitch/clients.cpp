// SPDX-License-Identifier: Apache-2.0
// Each file belongs to a client that may be anything, so it is copied once and only the copy is judged.
#include "killswitch/clients.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "shm/attach.h"
#include "shm/latch.h"

namespace bulwark::kill {

static std::optional<ClientView> read_client(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return {};
  shm::ClientFile file{};
  struct stat info {};
  const bool known = ::fstat(fd, &info) == 0;
  const ssize_t size = ::pread(fd, static_cast<void*>(&file), sizeof file, 0);
  ::close(fd);
  if (!known || size < static_cast<ssize_t>(sizeof file)) return {};
  if (shm::examine(&file.header, sizeof file, shm::SegmentKind::ClientFile, sizeof file) != shm::AttachStatus::Ready) {
    return {};
  }
  if (file.pid <= 0 || file.detached.load() != 0) return {};
  ClientView view;
  view.client = shm::printable(file.client.view());
  view.pid = file.pid;
  view.start_time = file.start_time;
  view.inode = info.st_ino;
  view.acknowledged = {file.acknowledged.load()};
  view.acknowledged_ns = file.acknowledged_ns.load();
  view.drill_seen = file.drill_seen.load();
  view.drill_seen_ns = file.drill_seen_ns.load();
  view.checks = shm::Latency::copy_of(file.checks);
  return view;
}

std::vector<ClientView> live_clients(const std::string& run_folder) {
  std::vector<ClientView> result;
  const std::string folder = run_folder + "/clients";
  DIR* directory = ::opendir(folder.c_str());
  if (directory == nullptr) return result;
  while (const dirent* entry = ::readdir(directory)) {
    if (entry->d_name[0] == '.') continue;
    auto client = read_client(folder + "/" + entry->d_name);
    if (client && client->alive()) result.push_back(*client);
  }
  ::closedir(directory);
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.client < b.client; });
  return result;
}

shm::Latency checks_of(const std::vector<ClientView>& clients) {
  shm::Latency all;
  for (const ClientView& client : clients) all.add(client.checks);
  return all;
}

}  // namespace bulwark::kill
