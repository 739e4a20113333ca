// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/alerts/local.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

#include "shm/clock.h"
#include "shm/memfd.h"
#include "sidecar/console/alerts/forms.h"
#include "sidecar/ledger/redis/connection.h"

namespace bulwark::alerts {

static constexpr DurationNs redis_patience = milliseconds(500);  // to connect, and to answer
static constexpr DurationNs process_patience = milliseconds(10'000);

[[noreturn]] static void fail(const std::string& what, int why) {
  throw std::runtime_error(what + ": " + std::strerror(why));
}

void log_locally(const std::string& socket, const std::vector<Json>& documents) {
  const shm::Descriptor log(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket.copy(address.sun_path, sizeof address.sun_path - 1);
  if (!log || ::connect(log.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail(socket, errno);
  for (const Json& one : documents) {
    const std::string text = syslog_form(one);
    if (::send(log.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0) fail(socket, errno);
  }
}

void publish(const std::string& url, const std::vector<Json>& documents) {
  ledger::redis::Connection redis(url, redis_patience);
  for (const Json& one : documents)
    redis.ask({"PUBLISH", "bulwark:alerts", one.dump(-1, ' ', false, Json::error_handler_t::replace)});
}

static shm::Descriptor input_of(const std::string& text) {
  shm::Descriptor input(::memfd_create("bulwark-alert", MFD_CLOEXEC));
  const bool written = input && ::write(input.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (!written || ::lseek(input.get(), 0, SEEK_SET) != 0) fail("no memory for a command's input", errno);
  return input;
}

Process::Process(std::size_t target, const std::vector<std::string>& command, const std::string& text)
    : index(target), until_(shm::monotonic_now() + process_patience) {
  const shm::Descriptor input = input_of(text);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input.get(), STDIN_FILENO);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  const int error = ::posix_spawnp(&pid_, arguments[0], &actions, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) fail(command[0], error);
}

Process::~Process() {
  if (pid_ == 0) return;
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::optional<std::string> Process::outcome() {
  int status = 0;
  const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
  if (ended == 0) {
    if (shm::monotonic_now() < until_) return std::nullopt;
    return "the command does not end; it was killed";
  }
  pid_ = 0;
  if (ended < 0) return "nobody knows what became of the command";
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
  return WIFEXITED(status) ? "the command ended with " + std::to_string(WEXITSTATUS(status))
                           : "the command was killed by signal " + std::to_string(WTERMSIG(status));
}

}  // namespace bulwark::alerts
