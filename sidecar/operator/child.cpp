// SPDX-License-Identifier: Apache-2.0
#include "sidecar/operator/child.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "shm/clock.h"

namespace bulwark::command {

// Programs stand beside this one.
static std::string path_of(const std::string& program) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / program).string();
}

void Child::start(MonotonicNs now) {
  const std::string path = path_of(program_);
  std::vector<char*> arguments{const_cast<char*>(path.c_str())};
  for (const std::string& argument : arguments_) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "cannot start " + program_);
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // the parent died before the line above
    ::setpgid(0, 0);                          // a Ctrl-C on the terminal is for `up`, which ends things in order
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execv(path.c_str(), arguments.data());
    ::_exit(127);
  }
  pid_ = pid;
  started_ = now;
  pidfd_ = shm::Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

std::string Child::reap() {
  int status = 0;
  if (pid_ <= 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return {};
  pid_ = 0;
  pidfd_ = shm::Descriptor();
  ended_ = shm::monotonic_now();
  short_lives_ = ended_ - started_ < milliseconds(1'000) ? short_lives_ + 1 : 0;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (WIFEXITED(status)) {
    return exit_code_ == 127 ? "could not be started" : "ended with exit code " + std::to_string(exit_code_);
  }
  return "was killed by signal " + std::to_string(WTERMSIG(status));
}

void Child::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

MonotonicNs Child::next_start() const {
  const std::int64_t pause_ms = short_lives_ <= 3 ? 0 : short_lives_ <= 10 ? 200 : 2'000;
  return ended_ + milliseconds(pause_ms);
}

}  // namespace bulwark::command
