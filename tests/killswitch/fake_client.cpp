// SPDX-License-Identifier: Apache-2.0
// A client that does nothing but acknowledge, as a process to be killed or frozen: fake_client RUN/NAME CLIENT
// [--mute [PID]]. With a PID it says that it is that process. SIGUSR1: it leaves and lives. SIGUSR2: a check took 1 us.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "shm/clock.h"
#include "shm/kill_page.h"
#include "shm/mapping.h"
#include "shm/process.h"

using namespace bulwark;

static volatile sig_atomic_t ending = 0, leaving = 0, checked = 0;

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string folder = argv[1], name = argv[2];
  const bool mute = argc > 3;
  ::signal(SIGTERM, [](int) { ending = 1; });
  ::signal(SIGUSR1, [](int) { leaving = 1; });
  ::signal(SIGUSR2, [](int) { checked = 1; });
  const auto page = shm::attach<const shm::KillPage>(folder + "/kill", shm::Access::ReadOnly);
  if (!page) return 3;
  auto made = shm::create_segment<shm::ClientFile>(folder + "/clients/" + name, sizeof(shm::ClientFile), 1);
  made->client = Name::from(name);
  made->pid = argc > 4 ? std::atoi(argv[4]) : ::getpid();
  made->start_time = shm::process_stat(made->pid).start_time;
  const auto file = made.publish();
  std::puts("ready");
  std::fflush(stdout);
  while (ending == 0) {
    if (checked != 0) {
      checked = 0;
      shm::record(file->checks, {1'000});
    }
    if (leaving != 0) {
      file->detached.store(1);
    } else if (!mute) {
      const shm::Permission permission = shm::permission_of(*page);
      if (file->acknowledged.load() != permission.word) {
        file->acknowledged_ns.store(shm::monotonic_now().ns);
        file->acknowledged.store(permission.word, std::memory_order_release);
      }
      if (const std::uint64_t drill = page->drill.load(); file->drill_seen.load() != drill) {
        file->drill_seen_ns.store(shm::monotonic_now().ns);
        file->drill_seen.store(drill, std::memory_order_release);
      }
    }
    shm::nap({200'000});
  }
  file->detached.store(1);
  return 0;
}
