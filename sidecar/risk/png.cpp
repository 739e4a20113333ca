// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/png.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "sidecar/risk/mistake.h"

namespace bulwark::risk {

void write_png(const std::string& svg, const std::string& file) {
  // A file without a name: a pipe might hold less than the picture.
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> input(std::tmpfile(), std::fclose);
  if (input == nullptr || std::fwrite(svg.data(), 1, svg.size(), input.get()) != svg.size() ||
      std::fseek(input.get(), 0, SEEK_SET) != 0)
    throw Mistake(std::string("--plot: no room for the picture: ") + std::strerror(errno));
  std::string program = "rsvg-convert", output = "--output=" + file;
  const std::array<char*, 3> arguments{program.data(), output.data(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ::fileno(input.get()), STDIN_FILENO);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw Mistake("--plot: " + file + ": PNG needs the program rsvg-convert (Debian: librsvg2-bin): " +
                  std::strerror(error) + "; FILE.svg needs nothing");
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) throw Mistake("--plot: " + file + ": rsvg-convert could not make it (its words are above)");
}

}  // namespace bulwark::risk
