// SPDX-License-Identifier: Apache-2.0
// Who a process is, beyond a pid that may be used again: the pid and when it was started. Cold.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

namespace bulwark::shm {

struct ProcessStat {
  std::uint64_t start_time = 0;  // field 22 of /proc/PID/stat, clock ticks since boot; 0: there is no such process
  char state = '?';              // R, S, D, T (stopped), Z (zombie) ...
};

inline ProcessStat process_stat(std::int32_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  char text[1024];
  const ssize_t size = ::read(fd, text, sizeof text - 1);
  ::close(fd);
  if (size <= 0) return {};
  text[size] = '\0';
  const char* field = std::strrchr(text, ')');  // the name before it may hold anything, spaces and ) included
  if (field == nullptr || field[1] != ' ') return {};
  ProcessStat result;
  result.state = field[2];
  field += 2;
  for (int i = 3; i < 22 && field != nullptr; ++i) {
    field = std::strchr(field, ' ');
    if (field != nullptr) ++field;
  }
  if (field != nullptr) result.start_time = std::strtoull(field, nullptr, 10);
  return result;
}

// The very process that started then, and not yet dead (a zombie is dead).
inline bool process_alive(std::int32_t pid, std::uint64_t start_time) {
  const ProcessStat stat = process_stat(pid);
  return stat.start_time != 0 && stat.start_time == start_time && stat.state != 'Z' && stat.state != 'X';
}

}  // namespace bulwark::shm
