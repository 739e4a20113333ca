// SPDX-License-Identifier: Apache-2.0
// The machine that a simulation runs on: its clocks stand still until they are moved. The test program takes the place
// of the C library's clock_gettime, clock_nanosleep and posix_fallocate, so that everything in it lives by this time.
#pragma once

#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace bulwark::test {

struct Machine {
  static inline std::int64_t monotonic_ns = 0;
  static inline std::int64_t wall_ahead_ns = 0;  // of the monotonic clock; may be set back
  static void start() {
    monotonic_ns = 1'000'000'000;
    wall_ahead_ns = 1'700'000'000'000'000'000;
  }
};

// A folder in memory, gone with the simulation.
class MemoryFolder {
public:
  MemoryFolder() {
    char name[] = "/dev/shm/bulwark-simulation-XXXXXX";
    char fallback[] = "/tmp/bulwark-simulation-XXXXXX";
    const char* made = ::mkdtemp(name);
    path_ = made != nullptr ? made : ::mkdtemp(fallback);
  }
  ~MemoryFolder() { std::filesystem::remove_all(path_); }
  MemoryFolder(const MemoryFolder&) = delete;
  MemoryFolder& operator=(const MemoryFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

}  // namespace bulwark::test
