// SPDX-License-Identifier: Apache-2.0
// See the header. The signal goes through a pidfd, so that it can never reach a later process with the same pid.
#include "killswitch/enforcer.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <sstream>

#include "killswitch/clients.h"
#include "shm/memfd.h"

namespace bulwark::kill {

// Its file is the client's to write, and could name anybody. Only who has that very file in its memory is that client.
static bool has_mapped(std::int32_t pid, std::uint64_t inode) {
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    std::string range, rights, offset, device;
    std::uint64_t mapped = 0;
    if (fields >> range >> rights >> offset >> device >> mapped && mapped == inode) return true;
  }
  return false;
}

// False: this process lacks the right to.
static bool kill_client(const ClientView& client) {
  const shm::Descriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, client.pid, 0)));
  if (!pidfd || !client.alive()) return true;
  errno = 0;
  if (!has_mapped(client.pid, client.inode)) return errno != EACCES;
  if (::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0) != 0) return errno != EPERM;
  std::cerr << "bulwark-watchdog: killed " << client.label() << ", which did not acknowledge a stop" << std::endl;
  return true;
}

void Enforcer::start() {
  thread_ = std::thread([this] {
    while (!ending_.load(std::memory_order_acquire)) {
      look(shm::monotonic_now());
      shm::nap(milliseconds(5));
    }
  });
}

Enforcer::~Enforcer() {
  ending_.store(true, std::memory_order_release);
  if (thread_.joinable()) thread_.join();
}

void Enforcer::look(MonotonicNs now) {
  const std::uint64_t epoch = shm::permission_of(page_).epoch();
  if (epoch != epoch_) silent_since_.clear();
  epoch_ = epoch;
  decltype(silent_since_) silent;
  for (const ClientView& client : live_clients(folder_)) {
    if (client.saw_stop(epoch)) continue;
    const std::pair who{client.pid, client.start_time};
    const auto known = silent_since_.find(who);
    MonotonicNs since = known == silent_since_.end() ? now : known->second;
    if (now - since >= patience_ && !kill_client(client)) {
      std::cerr << "bulwark-watchdog: " << client.label()
                << " did not acknowledge a stop and cannot be killed: its user "
                << "is another, and this process has neither root's rights nor CAP_KILL and CAP_SYS_PTRACE"
                << std::endl;
      since = MonotonicNs{INT64_MAX};  // said once for each stop: rights do not come by waiting
    }
    silent.emplace(who, since);
  }
  silent_since_ = std::move(silent);
}

}  // namespace bulwark::kill
