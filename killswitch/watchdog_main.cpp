// SPDX-License-Identifier: Apache-2.0
// bulwark-watchdog: holds the kill page of one instance. Started by `bulwark up`, or by a unit of systemd.
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>

#include "killswitch/refusal.h"
#include "killswitch/watchdog.h"
#include "shm/run_folder.h"
#include "sidecar/config/load.h"
#include "sidecar/service/supervised.h"

namespace bulwark::kill {

static std::atomic<bool> ending{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // it is stored from a signal handler

static void handle_signals() {
  struct sigaction end {};
  end.sa_handler = [](int) { ending.store(true, std::memory_order_relaxed); };
  ::sigaction(SIGTERM, &end, nullptr);
  ::sigaction(SIGINT, &end, nullptr);
  ::signal(SIGHUP, SIG_IGN);   // limits are the sidecar's; what concerns the watchdog holds until its end
  ::signal(SIGPIPE, SIG_IGN);  // nobody who reads its output may end it
}

static void read_config(const std::string& file, WatchdogSettings& settings) {
  const auto loaded = config::load(file, config::read_environment(environ));
  if (!loaded.good_but_model()) {
    std::string message = "wrong configuration";
    for (const auto& mistake : loaded.mistakes) message += "\n" + config::format(mistake);
    throw Refusal(exit_usage, message);
  }
  const auto& instance = loaded.settings.instance;
  settings.instance = instance.name;
  settings.journal_directory = loaded.settings.journal_directory;
  settings.lease_ms = instance.lease_ms;
  settings.kill_unacknowledged_ms = instance.kill_unacknowledged_ms;
}

static std::string describe(const shm::KillPage& page) {
  const shm::Permission permission = shm::permission_of(page);
  if (!permission.trading()) return "halted, " + shm::printable(shm::cause_in_force(page, permission).view());
  const bool leased = page.lease_until_ns.load(std::memory_order_relaxed) > shm::monotonic_now().ns;
  return leased ? "may trade" : "may trade once a sidecar beats";
}

static int run(const WatchdogSettings& settings) {
  const WatchdogLock lock(settings.run_folder);
  handle_signals();
  const auto page = open_kill_page(settings);
  std::cout << "watchdog of " << settings.instance << ": " << describe(*page) << std::endl;
  Watchdog watchdog(*page, settings);
  const service::Supervised supervised(page->watchdog_beat_ns, [&page] { return describe(*page); });
  watchdog.run(ending);
  return exit_done;
}

static int main_of(int argc, char** argv) {
  CLI::App app{"Holds the kill page of an instance: renews the trading lease, watches the sidecar and the clients."};
  WatchdogSettings settings;
  std::string config_file;
  app.set_version_flag("--version", "bulwark-watchdog " BULWARK_VERSION);
  app.add_option("--config", config_file, "the configuration file of the instance")->envname("BULWARK_CONFIG");
  app.add_option("--run-folder", settings.run_folder, "RUN/NAME, where it is not the usual place");
  app.add_option("--up", settings.up_pid, "pid of `bulwark up`, for those who look")->group("");
  // For tests: an instance without a configuration.
  app.add_option("--instance", settings.instance)->group("");
  app.add_option("--journal", settings.journal_directory)->group("");
  app.add_option("--lease-ms", settings.lease_ms)->group("");
  app.add_option("--kill-unacknowledged-ms", settings.kill_unacknowledged_ms)->group("");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_done : exit_usage;
  }
  if (settings.journal_directory.empty()) {
    if (config_file.empty()) throw Refusal(exit_usage, "name the configuration: --config FILE (or BULWARK_CONFIG)");
    read_config(config_file, settings);
  }
  if (settings.run_folder.empty()) settings.run_folder = shm::make_run_folder(settings.instance);
  if (settings.run_folder.empty()) {
    throw Refusal(exit_usage, "there is no folder to run in for an instance \"" + settings.instance +
                                  "\"; set BULWARK_RUN_DIR to a folder that may be written");
  }
  return run(settings);
}

}  // namespace bulwark::kill

int main(int argc, char** argv) {
  using namespace bulwark::kill;
  try {
    return main_of(argc, argv);
  } catch (const Refusal& refusal) {
    std::cerr << "bulwark-watchdog: " << refusal.what() << std::endl;
    bulwark::service::tell_status(refusal.what());
    return refusal.code();
  } catch (const std::exception& error) {
    std::cerr << "bulwark-watchdog: " << error.what() << std::endl;
    bulwark::service::tell_status(error.what());
    return exit_no;
  }
}
