// SPDX-License-Identifier: Apache-2.0
// bulwark-bench: what a check costs on this machine, beside what could be had at best and what a user would take
// instead, all in one run.
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "bench/answering_side.h"
#include "bench/asking_side.h"
#include "bench/report.h"

namespace bulwark::bench {

namespace {

constexpr int done = 0, answer_is_no = 1, wrong_usage = 2;

struct Options {
  double seconds = 10;
  std::uint64_t chunk = 10'000, rate = 200'000;
  bool json = false, strict = false;
  std::string hgrm_directory;
  std::vector<int> cpus;
  Placement placement;
};

// Between each two cases a raw ping-pong: it says at which distance the cores are just then.
Round measure_round(AskingSide& asking, Results& results, const Options& options) {
  Round round{};
  const auto measure = [&](Case which) {
    const bool open_loop = which == Case::CheckOpenLoop;  // most of its time passes with waiting
    const std::uint64_t trips = open_loop ? options.chunk / 4 + 1 : options.chunk;
    const std::uint64_t repeats = which == Case::BareTwentyLimits ? BareLimits::repeats : 1;
    return results.add(which, asking.measure(which, trips), repeats);
  };
  Figures before = measure(Case::RawPingPong);
  for (std::size_t k = 1; k < case_count; ++k) {
    const auto which = static_cast<Case>(k);
    const Figures own = measure(which);
    const Figures after = measure(Case::RawPingPong);
    round[k] = {regime_of(before, after), own, {(before.p50 + after.p50) / 2, (before.p99 + after.p99) / 2}};
    before = after;
  }
  return round;
}

int report(const Options& options, const Run& run, const Results& results) {
  if (!options.hgrm_directory.empty()) write_percentile_tables(options.hgrm_directory, results);
  std::cout << (options.json ? json(run, results) : table(run, results)) << std::flush;
  return options.strict && !every_bar_passed(results) ? answer_is_no : done;
}

int ask(const Options& options, Shared& shared, pid_t answering) {
  const std::string scheduling = options.placement.settle(options.placement.asking_cpu);
  const TickScale scale = TickScale::measure();
  AskingSide asking(shared, answering, {scale, options.rate});
  Results results(scale);
  const Run run{host_facts(options.placement, scale, scheduling), options.chunk, options.rate};
  const auto span = DurationNs{static_cast<std::int64_t>(options.seconds * 1e9)};
  const MonotonicNs until = shm::monotonic_now() + span;
  do results.add_round(measure_round(asking, results, options));
  while (shm::monotonic_now() < until);
  asking.end();
  int status = 0;
  ::waitpid(answering, &status, 0);
  if (status != 0) throw std::runtime_error("the answering process did not end in good order");
  return report(options, run, results);
}

int measure(Options options) {
  const std::vector<int> permitted = Placement::permitted();
  if (options.cpus.empty() && permitted.size() >= 2) options.cpus = {permitted[0], permitted[1]};
  if (options.cpus.size() != 2 || options.cpus[0] == options.cpus[1]) {
    std::cerr << "bulwark-bench: two different cores are needed, one for each process; this process may use "
              << permitted.size() << ". Choose them with --cpus A,B\n";
    return wrong_usage;
  }
  options.placement.asking_cpu = options.cpus[0];
  options.placement.answering_cpu = options.cpus[1];
  Shared& shared = map_shared();
  const pid_t answering = ::fork();
  if (answering < 0) throw std::runtime_error("no second process can be started");
  if (answering == 0) ::_exit(answer_until_end(shared, options.placement));
  return ask(options, shared, answering);
}

int run(int argc, char** argv) {
  CLI::App app{"The latency of a full check, beside the raw cache-line ping-pong and a Boost queue, in one run"};
  app.set_version_flag("--version", "bulwark-bench " BULWARK_VERSION);
  Options options;
  app.add_option("--seconds", options.seconds, "how long to measure, at least one round (default 10)")
      ->check(CLI::Range(0.0, 86'400.0));
  app.add_flag("--json", options.json, "one JSON document instead of tables");
  app.add_option("--hgrm", options.hgrm_directory, "write a percentile table of each case into this folder");
  app.add_option("--open-loop", options.rate, "orders a second of the open loop (default 200000)")
      ->check(CLI::Range(1'000, 10'000'000));
  app.add_option("--cpus", options.cpus,
                 "the cores of the asking and of the answering process (default: the first two)")
      ->delimiter(',')
      ->expected(2);
  app.add_option("--chunk", options.chunk, "round trips of one case before the next has its turn (default 10000)")
      ->check(CLI::Range(100, 100'000));
  app.add_flag("--fifo", options.placement.fifo, "run under SCHED_FIFO: for cores that nothing else needs");
  app.add_flag("--strict", options.strict, "exit with 1 where a bar of the table is failed");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? done : wrong_usage;
  }
  return measure(options);
}

}  // namespace

}  // namespace bulwark::bench

int main(int argc, char** argv) {
  try {
    return bulwark::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "bulwark-bench: " << error.what() << "\n";
    return 1;
  }
}
