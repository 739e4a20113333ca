// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/pdf.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "shm/clock.h"
#include "shm/memfd.h"
#include "shm/whole_file.h"
#include "sidecar/journal/file.h"

extern char** environ;

namespace bulwark::report {

namespace {

constexpr std::array<const char*, 5> programs{"chromium", "chromium-headless-shell", "chromium-browser",
                                              "google-chrome", "weasyprint"};
constexpr DurationNs patience = milliseconds(120'000);

// Gone with everything in it, whatever happens.
class Folder {
public:
  Folder() {
    path_ = (std::filesystem::temp_directory_path() / "bulwark-report-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr)
      throw std::runtime_error("cannot make " + path_ + ": " + std::strerror(errno));
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const char* name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

std::vector<std::string> command_of(const std::string& program, const Folder& folder) {
  const std::string html = folder / "report.html", pdf = folder / "report.pdf";
  if (program.ends_with("weasyprint")) return {program, html, pdf};
  std::vector<std::string> command{program,
                                   "--headless",
                                   "--disable-gpu",
                                   "--no-pdf-header-footer",
                                   "--no-first-run",
                                   "--disable-dev-shm-usage",
                                   "--disable-crash-reporter",
                                   "--user-data-dir=" + (folder / "profile"),
                                   "--print-to-pdf=" + pdf};
  // Chromium's own sandbox refuses to run as root. The page is ours: no script, and everything in it escaped.
  if (::geteuid() == 0) command.emplace_back("--no-sandbox");
  command.push_back("file://" + html);
  return command;
}

// In a group of its own, so that its children end with it.
pid_t start(const std::vector<std::string>& command, const std::string& said, const Folder& folder) {
  std::vector<char*> arguments;
  for (const std::string& one : command) arguments.push_back(const_cast<char*>(one.c_str()));
  arguments.push_back(nullptr);
  // What it keeps of its own (caches, settings) goes with the folder, too.
  std::vector<std::string> variables{"HOME=" + (folder / ""), "XDG_CACHE_HOME=" + (folder / "cache"),
                                     "XDG_CONFIG_HOME=" + (folder / "settings")};
  std::vector<char*> environment;
  for (std::string& one : variables) environment.push_back(one.data());
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view text(*one);
    if (!text.starts_with("HOME=") && !text.starts_with("XDG_C")) environment.push_back(*one);
  }
  environment.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, said.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::posix_spawn_file_actions_addopen(&actions, 2, said.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t pid = 0;
  const int failure = ::posix_spawn(&pid, arguments[0], &actions, &attributes, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (failure != 0) throw std::runtime_error("cannot start " + command[0] + ": " + std::strerror(failure));
  return pid;
}

// -1: it did not end in time, and was ended.
int wait_for(pid_t pid) {
  int status = 0;
  const MonotonicNs until = shm::monotonic_now() + patience;
  while (::waitpid(pid, &status, WNOHANG) == 0) {
    if (shm::monotonic_now() > until) {
      ::kill(-pid, SIGKILL);
      ::waitpid(pid, &status, 0);
      return -1;
    }
    shm::nap(milliseconds(20));
  }
  ::kill(-pid, SIGKILL);  // what it may have left behind
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

}  // namespace

std::string pdf_program() {
  const char* variable = std::getenv("PATH");
  const std::string paths = variable == nullptr ? "" : variable;
  for (const char* program : programs) {
    for (std::size_t begin = 0; begin <= paths.size();) {
      const std::size_t end = std::min(paths.find(':', begin), paths.size());
      const std::string path = paths.substr(begin, end - begin) + "/" + program;
      if (end > begin && ::access(path.c_str(), X_OK) == 0) return path;
      begin = end + 1;
    }
  }
  return {};
}

std::string pdf_of(const std::string& html, const std::string& program) {
  const Folder folder;
  const std::string said = folder / "said", pdf = folder / "report.pdf";
  shm::write_whole(folder / "report.html", html, 0600);
  const int code = wait_for(start(command_of(program, folder), said, folder));
  std::string made = std::filesystem::exists(pdf) ? journal::read_whole(pdf) : "";
  if (code == 0 && made.starts_with("%PDF-")) return made;
  std::string words = std::filesystem::exists(said) ? journal::read_whole(said) : "";
  if (words.size() > 500) words = "... " + words.substr(words.size() - 500);
  throw std::runtime_error(program + (code == -1 ? " did not end within two minutes" : " made no PDF") +
                           (words.empty() ? "" : ": " + words));
}

}  // namespace bulwark::report
