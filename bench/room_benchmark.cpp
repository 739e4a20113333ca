// SPDX-License-Identifier: Apache-2.0
// A session that grows and grows, 200,000 orders a second: does an order wait for memory that none has touched before?
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "bench/histogram.h"
#include "bench/ticks.h"
#include "bench/twenty_limits.h"
#include "sidecar/process/room_ahead.h"

namespace bulwark::bench {

namespace {

// The number: whether the thread that puts memory in place ahead runs, as it does in the sidecar.
void intent_in_a_growing_session(benchmark::State& state) {
  constexpr DurationNs interval{5'000};
  core::Engine engine(rules_with(twenty_limits()));
  engine.populate(process::RoomAhead::orders_ahead);
  TimeNs t{1'800'000'000'000'000'000};
  fill_book(engine, t);
  shm::AtomicWord used{0};
  process::RoomAhead ahead(engine, used);
  if (state.range(0) != 0) ahead.start();
  Histogram took;
  std::uint64_t number = 0;
  MonotonicNs due = shm::monotonic_now();
  for (auto _ : state) {
    for (due = due + interval; shm::monotonic_now() < due;) shm::pause_cpu();
    const core::Event intent = intent_of(++number, t = t + interval);
    const std::uint64_t before = ticks_before();
    engine.apply(intent);
    const std::uint64_t after = ticks_after();
    if (engine.verdict().decision != Decision::Accepted) std::abort();
    const double ns = TickScale::of_this_run().ns(after - before);
    took.record(static_cast<std::uint64_t>(ns));
    state.SetIterationTime(ns / 1e9);
    used.store(engine.orders().used(), std::memory_order_relaxed);  // a number
  }
  for (const auto& [name, percentile] : {std::pair{"p50_ns", 50.0}, {"p99_ns", 99.0}, {"p99_9_ns", 99.9}}) {
    state.counters[name] = static_cast<double>(took.at_percentile(percentile));
  }
  state.counters["max_ns"] = static_cast<double>(took.max());
}
BENCHMARK(intent_in_a_growing_session)->Arg(0)->Arg(1)->UseManualTime()->Iterations(800'000);

}  // namespace

}  // namespace bulwark::bench
