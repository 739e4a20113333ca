// SPDX-License-Identifier: Apache-2.0
// bulwark-ledger: follows the journal of one instance into PostgreSQL and Redis. Started by `bulwark up` or systemd; it
// may die at any instruction, and nobody who trades notices.
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <thread>

#include "shm/clock.h"
#include "shm/memfd.h"
#include "shm/run_folder.h"
#include "shm/whole_file.h"
#include "sidecar/config/beside.h"
#include "sidecar/ledger/postgres/closes.h"
#include "sidecar/ledger/postgres/heads.h"
#include "sidecar/ledger/postgres/migrations.h"
#include "sidecar/ledger/postgres/shipper.h"
#include "sidecar/ledger/redis/mirror.h"
#include "sidecar/service/supervised.h"

namespace bulwark::ledger {

namespace {

enum Exit : int { done = 0, answer_is_no = 1, wrong_usage = 2, not_running = 3, refused = 4 };

struct Stop {
  int code;
  std::string why;
};

struct Options {
  std::string config, instance, postgres, closes, to;
  bool migrate = false, dry_run = false, once = false, verify = false;
};

constexpr DurationNs ending_patience = milliseconds(5'000);

int migrate(const std::string& url, bool dry_run) {
  if (url.empty()) throw Stop{wrong_usage, "ledger.postgres is not configured; --postgres URL names a database too"};
  try {
    postgres::Connection database(url, milliseconds(600'000));
    const auto versions = dry_run ? postgres::versions(database) : postgres::migrate(database);
    for (const postgres::Version& version : versions) {
      std::cout << version.version << " " << version.name << ": " << postgres::name_of(version.state) << "\n";
    }
    if (!dry_run && versions.empty()) std::cout << "the schema is up to date\n";
    return done;
  } catch (const postgres::DatabaseError& error) {
    throw Stop{answer_is_no, error.what()};
  }
}

int write_closes(const Options& options) {
  try {
    postgres::Connection database(options.postgres, milliseconds(600'000));
    shm::write_whole(options.to, postgres::closes_of(database, options.closes), 0666);
    return done;
  } catch (const std::runtime_error& error) {
    throw Stop{answer_is_no, error.what()};
  }
}

int verify(const config::Settings& settings) {
  if (settings.ledger.postgres.empty()) throw Stop{wrong_usage, "ledger.postgres is not configured"};
  try {
    postgres::Connection database(settings.ledger.postgres, milliseconds(600'000));
    const postgres::Heads heads = postgres::compare_heads(database, settings.journal_directory);
    if (!heads.damage.empty()) throw Stop{answer_is_no, heads.damage};
    std::cout << heads.count << " heads that the server was told are in this journal, the last one record "
              << heads.last << "\n";
    return done;
  } catch (const std::runtime_error& error) {  // of the server, or of the journal
    throw Stop{answer_is_no, error.what()};
  }
}

// One ledger for an instance on this machine; the server has a lock of its own against one on another.
shm::Descriptor lock_instance(const std::string& run_folder) {
  const std::string path = run_folder + "/ledger.lock";
  shm::Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    throw Stop{refused, "a ledger of this instance is running already (" + path + " is locked)"};
  }
  return lock;
}

// Threads that wait for a server may wait long: whoever ends does not wait for them for ever.
class Workers {
public:
  template <class Work>
  void start(Work& work, const char* name) {
    ++running_;
    threads_.emplace_back([this, &work, name] {
      ::pthread_setname_np(::pthread_self(), name);
      work.run(ending_);
      --running_;
    });
  }
  void end() { ending_.store(true, std::memory_order_relaxed); }
  bool any() const { return running_.load(std::memory_order_acquire) != 0; }
  void join() {
    for (std::thread& thread : threads_) thread.join();
  }

private:
  std::atomic<bool> ending_{false};
  std::atomic<int> running_{0};
  std::vector<std::thread> threads_;
};

void say_what_is_new(const char* what, const Condition& now, Condition& told) {
  if (now.state == told.state && now.error == told.error) return;
  std::cerr << "bulwark-ledger: " << what << ": " << now.state << (now.error.empty() ? "" : ": " + now.error)
            << std::endl;
  told = now;
}

// What systemd is told: as alive as the part that has not got on for longest.
std::int64_t beat_of(const config::Settings& settings, const Status& status) {
  std::int64_t beat = INT64_MAX;
  if (!settings.ledger.postgres.empty()) beat = std::min(beat, status.postgres_beat.load(std::memory_order_relaxed));
  if (!settings.ledger.redis.empty()) beat = std::min(beat, status.redis_beat.load(std::memory_order_relaxed));
  return beat;
}

std::string describe(const Status& status) {
  std::string text;
  for (const auto& [name, part] : {std::pair{"PostgreSQL", &Status::postgres}, std::pair{"Redis", &Status::redis}}) {
    const Condition condition = status.get(part);
    if (condition.state == "off") continue;
    text += (text.empty() ? "" : "; ") + std::string(name) + ": " + condition.state + " at record " +
            std::to_string(condition.sequence) + (condition.error.empty() ? "" : " (" + condition.error + ")");
  }
  return text;
}

int serve(const config::Settings& settings, const std::string& run_folder, bool once) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const Source source{settings.instance.name, settings.journal_directory, run_folder};
  Status status;
  postgres::Shipper shipper(source, settings.ledger.postgres, status);
  redis::Mirror mirror(source, settings.ledger.redis, status);
  Workers workers;
  if (!settings.ledger.postgres.empty()) workers.start(shipper, "bw-postgres");
  if (!settings.ledger.redis.empty()) workers.start(mirror, "bw-redis");
  if (once) workers.end();
  shm::AtomicTime beat{0};
  const service::Supervised supervised(beat, [&status] { return describe(status); });
  MonotonicNs until{INT64_MAX};
  Condition postgres_told, redis_told;
  while (workers.any() && shm::monotonic_now() < until) {
    const timespec moment{0, 100'000'000};
    if (::sigtimedwait(&signals, nullptr, &moment) > 0 && until.ns == INT64_MAX) {
      workers.end();
      until = shm::monotonic_now() + ending_patience;
    }
    say_what_is_new("PostgreSQL", status.get(&Status::postgres), postgres_told);
    say_what_is_new("Redis", status.get(&Status::redis), redis_told);
    status.write(run_folder);
    beat.store(beat_of(settings, status), std::memory_order_relaxed);
  }
  status.write(run_folder);
  // What waits for a silent server is ended with the process: it may be, at any moment.
  if (workers.any()) ::_exit(once ? answer_is_no : done);
  workers.join();
  const auto well = [&](Condition Status::*part) {
    const std::string state = status.get(part).state;
    return state == "shipping" || state == "off";
  };
  return once && !(well(&Status::postgres) && well(&Status::redis)) ? answer_is_no : done;
}

int run(int argc, char** argv) {
  CLI::App app{"Follows the journal of an instance into PostgreSQL and Redis."};
  Options options;
  app.set_version_flag("--version", "bulwark-ledger " BULWARK_VERSION);
  CLI::Option* config = app.add_option("--config", options.config, "the configuration file of the instance");
  config->envname("BULWARK_CONFIG");
  app.add_option("--instance", options.instance, "the name of a running instance, instead of its configuration");
  CLI::Option* migration = app.add_flag("--migrate", options.migrate, "bring the schema up to this build, and end");
  app.add_flag("--dry-run", options.dry_run, "with --migrate: only say what would be done")->needs(migration);
  CLI::Option* url = app.add_option("--postgres", options.postgres,
                                    "with --migrate: the schema's owner, not the writer of ledger.postgres; with "
                                    "--closes: who may read them");
  CLI::Option* to = app.add_option("--to", options.to, "with --closes: the price file, which is replaced whole");
  CLI::Option* closes =
      app.add_option("--closes", options.closes,
                     "a SELECT of date, symbol and close: write them as the price file of [model], and end")
          ->excludes(migration)
          ->needs(url)
          ->needs(to);
  to->needs(closes);
  app.add_flag("--verify", options.verify, "hold the heads that the server was told against the journal, and end")
      ->excludes(migration);
  app.add_flag("--once", options.once, "ship what the journal has, and end")->excludes(migration);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? done : wrong_usage;
  }
  if (!options.closes.empty()) return write_closes(options);
  if (!options.postgres.empty() && !options.migrate)
    throw Stop{wrong_usage, "--postgres goes with --migrate or --closes"};
  if (options.migrate && !options.postgres.empty()) return migrate(options.postgres, options.dry_run);
  const config::Settings settings = config::settings_beside(options.instance, options.config);
  if (options.migrate) return migrate(settings.ledger.postgres, options.dry_run);
  if (options.verify) return verify(settings);
  if (!settings.ledger.used()) {
    const std::string why = "neither ledger.postgres nor ledger.redis is configured: there is nothing to do";
    std::cout << why << std::endl;
    service::tell_nothing_to_do(why);
    return done;
  }
  const std::string folder = shm::make_run_folder(settings.instance.name);
  if (folder.empty()) {
    throw Stop{wrong_usage, "no run folder can be made; set BULWARK_RUN_DIR to a folder that may be written"};
  }
  const shm::Descriptor lock = lock_instance(folder);
  return serve(settings, folder, options.once);
}

}  // namespace

}  // namespace bulwark::ledger

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  try {
    return bulwark::ledger::run(argc, argv);
  } catch (const bulwark::ledger::Stop& stop) {
    std::cerr << "bulwark-ledger: " << stop.why << std::endl;
    bulwark::service::tell_status(stop.why);
    return stop.code;
  } catch (const bulwark::config::NoSettings& none) {
    std::cerr << "bulwark-ledger: " << none.what() << std::endl;
    bulwark::service::tell_status(none.what());
    return none.running ? bulwark::ledger::wrong_usage : bulwark::ledger::not_running;
  } catch (const std::exception& error) {
    std::cerr << "bulwark-ledger: " << error.what() << std::endl;
    return 1;
  }
}
