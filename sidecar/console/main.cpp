// SPDX-License-Identifier: Apache-2.0
// bulwark-console: the instance for people, in a browser. Started by `bulwark up` or systemd; it may die or hang at any
// instruction, and nobody who trades notices.
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <thread>

#include "killswitch/instance.h"
#include "killswitch/refusal.h"
#include "shm/clock.h"
#include "shm/run_folder.h"
#include "sidecar/config/beside.h"
#include "sidecar/console/feed.h"
#include "sidecar/console/people/tokens.h"
#include "sidecar/console/presence.h"
#include "sidecar/console/routes.h"
#include "sidecar/console/scrape.h"
#include "sidecar/console/server/server.h"
#include "sidecar/console/watch.h"
#include "sidecar/service/supervised.h"

namespace bulwark::console {

namespace {

using kill::Refusal;

struct Options {
  std::string config, instance;
};

constexpr int niceness = 5, exit_failed = 1;
constexpr std::size_t stop_threads = 4, other_threads = 2, scrape_threads = 1;
constexpr DurationNs ending_patience = milliseconds(1'500);
constexpr std::uint64_t records_behind = 50'000;  // of the journal, for what happened before the console came

// The drawn token is printed once, where somebody may be looking; systemd's journal is read by others than its owner.
People people_of(const config::Console& console, const std::string& run_folder) {
  if (!console.persons.empty()) return {console.persons, {}};
  bool drawn = false;
  const std::string token = own_token(run_folder, drawn);
  if (drawn && std::getenv("JOURNAL_STREAM") == nullptr)
    std::cout << "bulwark-console: log in with the token " << token << std::endl;
  return {{}, digest_of(token)};
}

// The last moments before the console came are shown too.
std::uint64_t first_record(const std::string& instance) {
  try {
    const kill::Instance running = kill::open_instance(instance);
    const std::uint64_t written = running.board ? running.board->journal_written.load() : 0;
    return written > records_behind ? written - records_behind : 1;
  } catch (const Refusal&) {
    return 1;
  }
}

// What runs until the end, each in a thread of its own. One that fails ends the console, which is started again.
class Threads {
public:
  void start(const char* name, std::function<void()> work) {
    ++running_;
    threads_.emplace_back([this, name, work = std::move(work)] {
      ::pthread_setname_np(::pthread_self(), name);
      try {
        work();
      } catch (const std::exception& failure) {
        std::cerr << "bulwark-console: " << name << ": " << failure.what() << std::endl;
        ::_exit(exit_failed);
      }
      --running_;
    });
  }
  // False: some hang, and have to be ended with the process.
  bool end(DurationNs patience) {
    const MonotonicNs until = shm::monotonic_now() + patience;
    while (running_.load(std::memory_order_acquire) != 0) {
      if (until < shm::monotonic_now()) return false;
      shm::nap(milliseconds(5));
    }
    for (std::thread& thread : threads_) thread.join();
    return true;
  }

private:
  std::atomic<int> running_{0};
  std::vector<std::thread> threads_;
};

void wait_for_the_end(shm::AtomicTime& beat, const shm::AtomicTime& watch, const shm::AtomicTime& server) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT}) sigaddset(&signals, signal);
  const timespec moment{0, 100'000'000};
  while (::sigtimedwait(&signals, nullptr, &moment) < 0) {
    // As alive as the one that has not got on for longest.
    beat.store(std::min(watch.load(std::memory_order_relaxed), server.load(std::memory_order_relaxed)),
               std::memory_order_relaxed);
  }
}

Answer acknowledge(alerts::Alerts& alerts, const Person& person, const nlohmann::json& asked) {
  const auto id = asked.find("alert");
  if (asked.size() != 1 || id == asked.end() || !id->is_number_unsigned())
    return sorry(400, "wanted is {\"alert\": ID}");
  if (!alerts.acknowledge(id->get<std::uint64_t>(), person.name, shm::wall_now()))
    return sorry(404, "there is no such alert");
  return {200, "application/json", nlohmann::json{{"acknowledged", *id}, {"person", person.name}}.dump() + "\n"};
}

int serve(const config::Settings& settings, const std::string& run_folder) {
  Worker stops(stop_threads);  // before the niceness, which threads inherit: a stop waits for nobody
  ::setpriority(PRIO_PROCESS, 0, niceness);
  Worker others(other_threads), scrapes(scrape_threads);
  Server server(settings.console, port_before(run_folder));
  const Origins origins(settings.console, server.port());
  Series series(settings.journal_directory + "/console.series", settings.rules.session, shm::wall_now());
  Readiness readiness;
  alerts::Alerts alerts(settings.alerts, settings.instance.name, settings.journal_directory + "/alerts");
  Scrape scrape(settings.instance.name, alerts);
  const std::uint64_t handled = alerts.handled();
  const Listener listener{[&alerts, &scrape, handled](const auto& row) {
                            scrape.happening(row);
                            if (row["seq"].template get<std::uint64_t>() > handled) alerts.happened(row);
                          },
                          [&alerts, &scrape](const auto& state) {
                            scrape.state(state);
                            alerts.looked(state, shm::wall_now());
                          },
                          [&alerts] { return alerts.list(); }, [&alerts] { alerts.caught_up(); }};
  const Elsewhere elsewhere{
      [&scrape] { return scrape.answer(); },
      [&alerts](const auto& person, const auto& asked) { return acknowledge(alerts, person, asked); }};
  Routes routes(settings.instance.name, settings.console, origins, people_of(settings.console, run_folder), series,
                readiness, elsewhere, Workers{stops, others, scrapes});
  const auto publish = [&server](Message message) { server.publish(std::move(message)); };
  Watch watch(settings, listener, series, readiness, publish);
  const std::uint64_t shown_from = first_record(settings.instance.name);
  Feed feed(settings.journal_directory, handled == 0 ? shown_from : std::min(handled + 1, shown_from), listener,
            publish);

  tell_where(run_folder, origins.url());
  std::cout << "bulwark-console: " << origins.url() << std::endl;
  alerts.start();
  std::atomic<bool> ending{false};
  shm::AtomicTime beat{0}, watch_beat{0}, server_beat{0};
  Threads threads;
  threads.start("bw-server", [&] { server.run(routes, server_beat); });
  threads.start("bw-watch", [&] { watch.run(ending, watch_beat); });
  threads.start("bw-feed", [&] { feed.run(ending); });
  threads.start("bw-series", [&] { series.run(ending); });
  {
    const service::Supervised supervised(beat, [&] { return origins.url(); });
    wait_for_the_end(beat, watch_beat, server_beat);
  }
  ending = true;
  server.stop();
  stops.end();
  others.end();
  scrapes.end();
  // What waits for a sidecar that hangs is ended with the process: it may be, at any moment.
  if (!threads.end(ending_patience) || stops.busy() || others.busy() || scrapes.busy()) ::_exit(kill::exit_done);
  return kill::exit_done;
}

int run(int argc, char** argv) {
  CLI::App app{"Shows an instance to people, and takes what they do, in a browser."};
  Options options;
  app.set_version_flag("--version", "bulwark-console " BULWARK_VERSION);
  CLI::Option* config = app.add_option("--config", options.config, "the configuration file of the instance");
  config->envname("BULWARK_CONFIG");
  app.add_option("--instance", options.instance, "the name of a running instance, instead of its configuration");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kill::exit_done : kill::exit_usage;
  }
  const config::Settings settings = config::settings_beside(options.instance, options.config);
  if (!settings.console.used) {
    const std::string why = "[console] is not configured: there is nothing to do";
    std::cout << why << std::endl;
    service::tell_nothing_to_do(why);
    return kill::exit_done;
  }
  const std::string folder = shm::make_run_folder(settings.instance.name);
  if (folder.empty())
    throw Refusal(kill::exit_usage, "no run folder can be made; set BULWARK_RUN_DIR to a folder that may be written");
  const shm::Descriptor lock = lock_console(folder);
  if (!lock) throw Refusal(kill::exit_refused, "a console of this instance is running already (" + folder + ")");
  return serve(settings, folder);
}

}  // namespace

}  // namespace bulwark::console

int main(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  try {
    return bulwark::console::run(argc, argv);
  } catch (const bulwark::kill::Refusal& refusal) {
    std::cerr << "bulwark-console: " << refusal.what() << std::endl;
    bulwark::service::tell_status(refusal.what());
    return refusal.code();
  } catch (const bulwark::config::NoSettings& none) {
    std::cerr << "bulwark-console: " << none.what() << std::endl;
    bulwark::service::tell_status(none.what());
    return none.running ? bulwark::kill::exit_usage : bulwark::kill::exit_not_running;
  } catch (const std::exception& error) {
    std::cerr << "bulwark-console: " << error.what() << std::endl;
    return bulwark::console::exit_failed;
  }
}
