// SPDX-License-Identifier: Apache-2.0
// What Prometheus expects to know of every process that it scrapes, of this one: from /proc.
#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "shm/process.h"
#include "sidecar/console/metrics/parts.h"

namespace bulwark::metrics {

using prometheus::MetricType;

static std::optional<double> first_number(const char* path, std::string_view key) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    double value = 0;
    if (word == key) return file >> value ? std::optional(value) : std::nullopt;
    file.ignore(4096, '\n');
  }
  return {};
}

static std::optional<double> open_descriptors() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return {};
  double count = -1;  // the folder's own
  while (const dirent* entry = ::readdir(folder)) count += entry->d_name[0] != '.' ? 1 : 0;
  ::closedir(folder);
  return count;
}

void add_process(Families& to) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  to.of_process("process_cpu_seconds_total", "CPU time of the console.", MetricType::Counter,
                seconds(used.ru_utime) + seconds(used.ru_stime));
  const auto kilobytes = [](const char* key) {
    const auto value = first_number("/proc/self/status", key);
    return value ? std::optional(*value * 1024) : value;
  };
  to.of_process("process_resident_memory_bytes", "Resident memory of the console.", MetricType::Gauge,
                kilobytes("VmRSS:"));
  to.of_process("process_virtual_memory_bytes", "Virtual memory of the console.", MetricType::Gauge,
                kilobytes("VmSize:"));
  if (const auto boot = first_number("/proc/stat", "btime")) {
    const auto ticks = static_cast<double>(shm::process_stat(::getpid()).start_time);
    to.of_process("process_start_time_seconds", "When the console began.", MetricType::Gauge,
                  *boot + ticks / static_cast<double>(::sysconf(_SC_CLK_TCK)));
  }
  to.of_process("process_open_fds", "Open descriptors of the console.", MetricType::Gauge, open_descriptors());
  rlimit most{};
  if (::getrlimit(RLIMIT_NOFILE, &most) == 0 && most.rlim_cur != RLIM_INFINITY) {
    to.of_process("process_max_fds", "Descriptors that the console may open.", MetricType::Gauge,
                  static_cast<double>(most.rlim_cur));
  }
}

}  // namespace bulwark::metrics
