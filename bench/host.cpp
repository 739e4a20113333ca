// SPDX-License-Identifier: Apache-2.0
#include "bench/host.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace bulwark::bench {

namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// What stands behind the colon of the first line that begins so.
std::string cpu_info(const std::string& key) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key)) continue;
    const std::size_t colon = line.find(": ");
    return colon == std::string::npos ? "" : line.substr(colon + 2);
  }
  return {};
}

std::string or_unknown(const std::string& text) { return text.empty() ? "not readable" : text; }

std::string nanoseconds(double ns) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f ns", ns);
  return text;
}

std::string kernel() {
  utsname names{};
  ::uname(&names);
  return std::string(names.sysname) + " " + names.release + " " + names.machine;
}

}  // namespace

HostFacts host_facts(const Placement& placement, const TickScale& scale, const std::string& scheduling) {
  const bool virtual_machine = (" " + cpu_info("flags") + " ").find(" hypervisor ") != std::string::npos;
  const std::string isolated = first_line("/sys/devices/system/cpu/isolated");
  const std::string cpus =
      std::to_string(placement.asking_cpu) + " asks, " + std::to_string(placement.answering_cpu) + " answers";
  return {{"cpu", or_unknown(cpu_info("model name"))},
          {"cores", std::to_string(::sysconf(_SC_NPROCESSORS_ONLN))},
          {"pinned", cpus},
          {"kernel", kernel()},
          {"virtual_machine", virtual_machine ? "yes: the distance of the cores may change while it runs" : "no"},
          {"governor", or_unknown(first_line("/sys/devices/system/cpu/cpu" + std::to_string(placement.answering_cpu) +
                                             "/cpufreq/scaling_governor"))},
          {"isolated_cores", isolated.empty() ? "none" : isolated},
          {"scheduling", scheduling},
          {"load", first_line("/proc/loadavg")},
          {"compiler", "gcc or clang " __VERSION__},
          {"clock", std::string(clock_name)},
          {"clock_step", nanoseconds(scale.step_ns)},
          {"taken_off_each_sample", nanoseconds(scale.stamp_ns)}};
}

}  // namespace bulwark::bench
