// SPDX-License-Identifier: Apache-2.0
// `bulwark up`: one instance in the foreground. Starts the watchdog, the sidecar and, where they are configured, ledger
// and console, starts again what dies, passes SIGTERM and SIGHUP on, and leaves nothing behind.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

#include "killswitch/documents.h"
#include "killswitch/instance.h"
#include "killswitch/refusal.h"
#include "shm/clock.h"
#include "shm/latch.h"
#include "shm/run_folder.h"
#include "sidecar/operator/child.h"
#include "sidecar/operator/command.h"

namespace bulwark::command {
namespace {

namespace fs = std::filesystem;

constexpr DurationNs end_patience = milliseconds(25'000);  // with each process in turn

// RUN/NAME for as long as `up` lives: only one at a time, and nothing of it left afterwards but a ring whose sidecar
// did not end in good order: what it acknowledged last may stand nowhere else, and the next start takes it from there.
class RunFolder {
public:
  explicit RunFolder(const std::string& instance) {
    path_ = shm::make_run_folder(instance);
    if (path_.empty()) {
      throw kill::Refusal(wrong_usage, "there is no folder to run in; set BULWARK_RUN_DIR to one that may be written");
    }
    lock_ = shm::Descriptor(::open((path_ + "/up.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
    if (!lock_ || ::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
      path_.clear();
      throw kill::Refusal(refused, "\"" + instance + "\" is running already");
    }
  }
  ~RunFolder() {
    if (path_.empty()) return;
    std::error_code ignored;
    if (!keeps_ring()) fs::remove_all(path_, ignored);
    for (const auto& entry : fs::directory_iterator(path_, ignored)) {
      if (entry.path().filename() != "ring") fs::remove_all(entry.path(), ignored);
    }
    if (std::getenv("BULWARK_RUN_DIR") == nullptr) fs::remove(fs::path(path_).parent_path(), ignored);  // where empty
  }
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  const std::string& path() const { return path_; }
  bool keeps_ring() const { return fs::exists(path_ + "/ring"); }
  // From here until its end clients can attach, and `status` says so.
  void mark_ready(bool ready) const {
    if (ready) std::ofstream(path_ + "/ready") << ::getpid() << "\n";
    else fs::remove(path_ + "/ready");
  }

private:
  std::string path_;
  shm::Descriptor lock_;
};

shm::Descriptor block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&signals, number);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return shm::Descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

class Supervisor {
public:
  Supervisor(const config::Settings& settings, const std::string& config_file)
      : settings_(settings), folder_(settings.instance.name), signals_(block_signals()) {
    children_.emplace_back("bulwark-watchdog",
                           std::vector<std::string>{"--config", config_file, "--up", std::to_string(::getpid())});
    children_.emplace_back("bulwark-sidecar", std::vector<std::string>{"--config", config_file});
    if (settings.ledger.used())
      children_.emplace_back("bulwark-ledger", std::vector<std::string>{"--config", config_file});
    if (settings.console.used)
      children_.emplace_back("bulwark-console", std::vector<std::string>{"--config", config_file});
  }

  int run() {
    std::cout << "bulwark: instance \"" << settings_.instance.name << "\" starts in " << folder_.path() << std::endl;
    for (Child& child : children_) child.start(shm::monotonic_now());
    while (!ending_) {
      if (first_failure_ != done) return end(first_failure_);
      if (!ready_ && can_attach()) announce();
      if (ready_ && !console_told_) tell_console();
      wait();
      take_signals();
      restart_dead();
    }
    return end(done);
  }

private:
  Child& watchdog() { return children_[0]; }
  Child& sidecar() { return children_[1]; }
  // Trading needs these two; whether the ledger or the console lives concerns nobody who trades.
  bool essential(const Child& child) const { return &child == &children_[0] || &child == &children_[1]; }

  bool can_attach() const {
    try {
      const kill::Instance instance = kill::open_instance(settings_.instance.name);
      return instance.watchdog_alive() && instance.sidecar_alive() && fs::exists(folder_.path() + "/attach.sock");
    } catch (const kill::Refusal&) {
      return false;
    }
  }

  void announce() {
    ready_ = true;
    folder_.mark_ready(true);
    const kill::Instance instance = kill::open_instance(settings_.instance.name);
    const shm::Permission permission = shm::permission_of(*instance.page);
    std::cout << "  watchdog  pid " << watchdog().pid() << ", lease " << settings_.instance.lease_ms << " ms\n"
              << "  sidecar   pid " << sidecar().pid() << ", clients attach by the name \"" << settings_.instance.name
              << "\"\n"
              << "  journal   " << settings_.journal_directory << "\n"
              << "  ledger    " << (settings_.ledger.used() ? "as `bulwark status` says" : "the journal alone") << "\n";
    tell_console();
    if (!permission.trading()) {
      std::cout << "  HALTED: " << shm::printable(shm::cause_in_force(*instance.page, permission).view())
                << " (killswitch resume --instance " << settings_.instance.name << " --operator NAME --reason TEXT)\n";
    }
    std::cout << "ready: " << (permission.trading() ? "trading is permitted" : "trading is stopped") << std::endl;
  }

  // Where it is reached, as soon as it says so; nobody waits for it.
  void tell_console() {
    const nlohmann::ordered_json console = settings_.console.used ? kill::console_json(folder_.path()) : nullptr;
    console_told_ = !settings_.console.used || !console.is_null();
    if (console.is_null()) return;
    const bool drawn = settings_.console.persons.empty();
    std::cout << "  console   " << console["url"].get<std::string>() << ", log in with "
              << (drawn ? "the token in " + folder_.path() + "/console.token" : "your token") << std::endl;
  }

  void wait() {
    std::vector<pollfd> sources{{signals_.get(), POLLIN, 0}};
    bool all_run = true;
    for (const Child& child : children_) {
      sources.push_back({child.pidfd(), POLLIN, 0});
      all_run = all_run && child.running();
    }
    ::poll(sources.data(), sources.size(), !ready_ || !all_run ? 10 : console_told_ ? 1'000 : 100);
  }
  void take_signals() {
    signalfd_siginfo info;
    while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
      if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) ending_ = true;
      if (info.ssi_signo == SIGHUP) sidecar().signal(SIGHUP);
    }
  }

  void restart_dead() {
    const MonotonicNs now = shm::monotonic_now();
    for (Child& child : children_) {
      if (const std::string how = child.reap(); !how.empty() && !ending_) {
        std::cerr << "bulwark: " << child.program() << " " << how << std::endl;
        if (!ready_ && child.exit_code() >= 0 && essential(child))
          first_failure_ = child.exit_code() == wrong_usage ? wrong_usage : answer_is_no;
      }
      if (!child.running() && !ending_ && first_failure_ == done && now >= child.next_start()) child.start(now);
    }
  }

  // The watchdog first: permission ends, and the latch on disk says that this end was meant. Then the sidecar; the
  // ledger ships the end too, and the console shows it. Nobody trades by then, and a busy disk has held a process for
  // 12 s.
  int end(int exit_code) {
    folder_.mark_ready(false);
    for (Child& child : children_) {
      child.signal(SIGTERM);
      const MonotonicNs deadline = shm::monotonic_now() + end_patience;
      while (child.running() && shm::monotonic_now() < deadline) {
        if (child.reap().empty()) shm::nap(milliseconds(1));
      }
      if (!child.running()) continue;
      std::cerr << "bulwark: " << child.program() << " does not end; it is killed" << std::endl;
      child.signal(SIGKILL);
      while (child.running()) {
        if (child.reap().empty()) shm::nap(milliseconds(1));
      }
      exit_code = answer_is_no;
    }
    if (!folder_.keeps_ring()) return exit_code;
    std::cerr << "bulwark: the sidecar did not end in good order; what may not be in the journal yet is in "
              << folder_.path() << "/ring, and the next start writes it" << std::endl;
    return answer_is_no;
  }

  const config::Settings& settings_;
  RunFolder folder_;
  shm::Descriptor signals_;
  std::vector<Child> children_;  // watchdog, sidecar, ledger, console
  bool ready_ = false, ending_ = false, console_told_ = false;
  // A child that ended by itself before anything worked has said why; starting it again would only say it again.
  Exit first_failure_ = done;
};

}  // namespace

int up(const Options& options) {
  const auto settings = load_but_model(options);
  if (!settings) return wrong_usage;
  return Supervisor(*settings, fs::absolute(options.config).string()).run();
}

}  // namespace bulwark::command
