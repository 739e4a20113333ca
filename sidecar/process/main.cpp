// SPDX-License-Identifier: Apache-2.0
// bulwark-sidecar: the process that answers intents. Started by `bulwark up` or systemd, beside bulwark-watchdog.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>

#include "shm/clock.h"
#include "shm/run_folder.h"
#include "sidecar/config/load.h"
#include "sidecar/process/sidecar.h"
#include "sidecar/service/supervised.h"

namespace bulwark::process {

namespace {

constexpr std::string_view usage =
    "usage: bulwark-sidecar --config FILE\n"
    "\n"
    "Answers intents, keeps exposures and writes the journal of one instance. `bulwark up` starts it.\n"
    "  --config FILE   the configuration (or BULWARK_CONFIG)\n"
    "  --help          this text\n"
    "  --version       the version\n"
    "\n"
    "SIGHUP reads the configuration again and takes changed limits over, all or nothing; SIGTERM ends it in good "
    "order.\n";

// The configuration's path; empty where a text was asked for, which has been printed.
std::string config_path_of(int argc, char** argv) {
  const char* from_environment = std::getenv("BULWARK_CONFIG");
  std::string path = from_environment != nullptr ? from_environment : "";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--help" || argument == "--version") {
      std::cout << (argument == "--help" ? usage : "bulwark-sidecar " BULWARK_VERSION "\n") << std::flush;
      return {};
    }
    if (argument.starts_with("--config=")) {
      path = argument.substr(9);
    } else if (argument == "--config" && i + 1 < argc) {
      path = argv[++i];
    } else {
      throw Refusal(
          2, "\"" + std::string(argument) + "\" is not understood; only --config FILE, --help and --version are");
    }
  }
  if (path.empty()) throw Refusal(2, "no configuration: give --config FILE, or set BULWARK_CONFIG");
  return path;
}

// Where only the model's files are wrong, the journal may have a model.
config::LoadResult load_settings(const std::string& path) {
  config::LoadResult loaded = config::load(path, config::read_environment(environ));
  if (loaded.good_but_model()) return loaded;
  std::string message = "the configuration is wrong";
  for (const config::Mistake& mistake : loaded.mistakes) message += "\n" + config::format(mistake);
  throw Refusal(2, message);
}

// Programs that are told only the instance find its configuration here.
void say_where(const std::string& path, const std::string& folder) {
  const std::string link = folder + "/configuration", making = link + ".new";
  std::error_code ignored;
  std::filesystem::remove(making, ignored);
  std::filesystem::create_symlink(std::filesystem::absolute(path), making, ignored);
  std::filesystem::rename(making, link, ignored);
}

void demand_quiet_core(const config::Instance& instance) {
  const DurationNs jitter = measure_jitter(instance.cpu);
  if (jitter.ns <= instance.lease_ms * 1'000'000 / 2) return;
  const std::string message = "this machine keeps a thread from running for up to " +
                              std::to_string(jitter.ns / 1'000'000) + " ms; with a lease of " +
                              std::to_string(instance.lease_ms) + " ms trading will stop now and then";
  if (instance.strict_jitter) throw Refusal(1, message + ", and instance.strict_jitter refuses that");
  std::cerr << "bulwark-sidecar: " << message << std::endl;
}

// Until SIGTERM or SIGINT (empty), or until it is of no use any more (why). The signals are blocked in every thread.
std::string serve(Sidecar& sidecar, const sigset_t& signals) {
  const service::Supervised supervised(sidecar.beat(), [&sidecar] { return sidecar.describe(); });
  for (MonotonicNs kept{};;) {
    const timespec moment{0, 100'000'000};
    const int signal = ::sigtimedwait(&signals, nullptr, &moment);
    if (signal == SIGTERM || signal == SIGINT) return {};
    if (signal == SIGHUP) sidecar.reload();
    sidecar.look();
    const MonotonicNs now = shm::monotonic_now();
    if (now - kept < milliseconds(1'000)) continue;
    kept = now;
    sidecar.keep_house();
    if (std::string trouble = sidecar.trouble(); !trouble.empty()) return trouble;
  }
}

int run(int argc, char** argv) {
  const std::string path = config_path_of(argc, argv);
  if (path.empty()) return 0;
  config::LoadResult loaded = load_settings(path);
  const config::Settings settings = loaded.settings;
  const std::string folder = shm::make_run_folder(settings.instance.name);
  if (folder.empty()) {
    throw Refusal(2, "there is no folder to run in for an instance \"" + settings.instance.name +
                         "\"; set BULWARK_RUN_DIR to a folder that may be written");
  }
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is a failure of the journal, which says so
  const InstanceLock lock(folder);
  say_where(path, folder);
  KillPageMapping page = wait_for_kill_page(folder);
  demand_quiet_core(settings.instance);
  const std::string name = settings.instance.name;
  Sidecar sidecar(path, std::move(loaded), folder, std::move(page));
  settle_memory();
  sidecar.start();
  std::cout << "sidecar of " << name << ": clients attach at " << folder << std::endl;
  const std::string trouble = serve(sidecar, signals);
  const bool whole = sidecar.stop();
  if (!trouble.empty()) throw Refusal(1, trouble);
  if (!whole) throw Refusal(1, "the journal could not be ended in good order");
  return 0;
}

}  // namespace

}  // namespace bulwark::process

int main(int argc, char** argv) {
  try {
    return bulwark::process::run(argc, argv);
  } catch (const bulwark::process::Refusal& refusal) {
    std::cerr << "bulwark-sidecar: " << refusal.what() << std::endl;
    bulwark::service::tell_status(refusal.what());
    return refusal.code();
  } catch (const std::exception& error) {
    std::cerr << "bulwark-sidecar: " << error.what() << std::endl;
    bulwark::service::tell_status(error.what());
    return 1;
  }
}
