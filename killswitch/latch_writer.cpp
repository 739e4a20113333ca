// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "killswitch/latch_writer.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "killswitch/latch_keeper.h"
#include "shm/latch.h"

namespace bulwark::kill {

// The exit code of the writer: 0, or the number of the system's error.
static int write_latch(const shm::KillPage& page) {
  const std::string directory(shm::journal_directory(page));
  try {
    shm::Latch latch = latch_of(page, false);
    latch.clean = shm::read_latch(directory).latch.clean;
    shm::write_latch(directory, latch);
    return 0;
  } catch (const std::system_error& error) {
    return error.code().value() & 0xff;
  }
}

LatchWriter::LatchWriter(const shm::KillPage& page) : writer_(::fork()) {
  if (writer_ != 0) return;
  // On its own: nobody's pipe is kept open by it, and the terminal does not end it. (A session of its own would be a
  // scheduling group of its own, which under load was seen to wait for seconds.)
  if (const int nowhere = ::open("/dev/null", O_RDWR); nowhere >= 0) {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, fd);
  }
  ::setpgid(0, 0);
  ::signal(SIGHUP, SIG_IGN);
  ::_exit(write_latch(page));
}

std::string LatchWriter::wait(DurationNs patience) {
  if (writer_ < 0) return "no process could be made to write it";
  const MonotonicNs deadline = shm::monotonic_now() + patience;
  for (;;) {
    int result = 0;
    if (::waitpid(writer_, &result, WNOHANG) == writer_) {
      if (WIFEXITED(result) && WEXITSTATUS(result) == 0) return {};
      return WIFEXITED(result) ? std::strerror(WEXITSTATUS(result)) : "its writer was killed";
    }
    if (deadline < shm::monotonic_now()) return "the disk is slow, it is still being written";
    shm::nap({500'000});
  }
}

}  // namespace bulwark::kill
