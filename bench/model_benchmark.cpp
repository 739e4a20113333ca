// SPDX-License-Identifier: Apache-2.0
// What model limits cost on the way of an order, by how many symbols the book holds: a factor model of 20 factors and
// eight scenarios, and one limit of each model metric, all of them read by every order. And for how long a new model,
// one of 64 factors and 50 scenarios, holds the loop up.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <random>

#include "bench/histogram.h"
#include "bench/ticks.h"
#include "bench/twenty_limits.h"
#include "core/adoption.h"

namespace bulwark::bench {

namespace {

struct Shape {
  std::size_t factors, scenarios;
};

core::Model model_of(const std::vector<core::Instrument>& instruments, Shape shape, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> noise;
  core::Model model;
  model.factor_count = shape.factors;
  for (const core::Instrument& instrument : instruments) {
    model.symbols.push_back(instrument.symbol);
    for (std::size_t k = 0; k < shape.factors; ++k) model.loadings.push_back(k == 0 ? 0.01 : 0.002 * noise(random));
    model.residuals.push_back(1e-4);
  }
  for (std::size_t k = 0; k < shape.scenarios; ++k) {
    core::Scenario scenario{"scenario-" + std::to_string(k + 1), {}};
    for (const std::string& symbol : model.symbols) scenario.moves.push_back({symbol, -0.1 + 0.05 * noise(random)});
    model.scenarios.push_back(scenario);
  }
  return model;
}

core::Rules rules_of(std::size_t symbols, Shape shape = {20, 8}) {
  constexpr std::int64_t plenty = 1'000'000'000;
  const core::On all{}, each_symbol{"*", "", "", "", ""}, account{"", "", "DESK", "", ""};
  std::vector<core::Limit> limits{
      limit_of(Metric::Gross, all, plenty),      limit_of(Metric::Var, all, plenty),
      limit_of(Metric::Es, account, plenty),     limit_of(Metric::Volatility, account, 100),
      limit_of(Metric::StressLoss, all, plenty), limit_of(Metric::CorrelatedExposure, each_symbol, plenty)};
  for (std::size_t k = 0; k < limits.size(); ++k) limits[k].name = "limit-" + std::to_string(k + 1);
  core::Rules rules = rules_with(std::move(limits));
  rules.instruments.resize(1);
  for (std::size_t k = 1; k <= symbols; ++k) {
    core::Instrument instrument = rules.instruments.front();
    instrument.symbol = "SYM" + std::to_string(k);
    if (k == 1) rules.instruments.front() = instrument;
    else rules.instruments.push_back(instrument);
  }
  rules.model = model_of(rules.instruments, shape);
  return rules;
}

constexpr TimeNs start{1'800'000'000'000'000'000};

void apply(core::Engine& engine, const core::Event& event) {
  if (engine.apply(event) != core::EventError::None) std::abort();
}

void hold_every_symbol(core::Engine& engine, std::uint32_t symbols) {
  apply(engine, client_at(start));
  for (std::uint32_t symbol = 1; symbol <= symbols; ++symbol) {
    apply(engine, mark_of(symbol, Price{reference_raw - tick_raw}, start));
    core::Event position = position_of(symbol, start);
    position.fill.quantity = {100 * unit};
    apply(engine, position);
  }
}

// Every symbol holds something: odd ones are held long and bought, even ones held short and sold. The second number
// says how many of them are traded, in turn: few find what they need in the caches, whatever the book holds.
void intent_with_model_limits(benchmark::State& state) {
  const auto symbols = static_cast<std::uint32_t>(state.range(0)), traded = static_cast<std::uint32_t>(state.range(1));
  core::Engine engine(rules_of(symbols));
  engine.populate(400'000);  // as many as a session has below
  hold_every_symbol(engine, symbols);
  TimeNs t = start;
  Histogram took;  // the mean that is printed beside it has the stalls of the machine in it
  std::uint64_t number = 0;
  for (auto _ : state) {
    if (++number % 400'000 == 0) apply(engine, event_at(t = t + milliseconds(86'400'000), core::EventType::Clock));
    core::Event intent = intent_of(number, t = t + DurationNs{500});
    const auto symbol = static_cast<std::uint32_t>(number % traded) + 1;
    intent.intent.symbol = SymbolIndex{symbol};
    intent.intent.side = symbol % 2 == 1 ? Side::Buy : Side::Sell;
    const std::uint64_t before = ticks_before();
    apply(engine, intent);
    const std::uint64_t after = ticks_after();
    if (engine.verdict().decision != Decision::Accepted) std::abort();
    const double ns = TickScale::of_this_run().ns(after - before);
    took.record(static_cast<std::uint64_t>(ns));
    state.SetIterationTime(ns / 1e9);
    apply(engine, order_event_of(core::EventType::Done, number, t = t + DurationNs{500}));
  }
  state.counters["p50_ns"] = static_cast<double>(took.at_percentile(50));
  state.counters["p99_ns"] = static_cast<double>(took.at_percentile(99));
}
BENCHMARK(intent_with_model_limits)
    ->Args({100, 100})
    ->Args({1'000, 1'000})
    ->Args({10'000, 10'000})
    ->Args({10'000, 100})
    ->UseManualTime();

// The loop's part alone: the cold thread's is done before, and what is left of the old rules is freed after.
void adopt_model(benchmark::State& state) {
  const auto symbols = static_cast<std::uint32_t>(state.range(0));
  core::Rules rules = rules_of(symbols, {64, 50});
  core::Engine engine(rules);
  hold_every_symbol(engine, symbols);
  Histogram took;
  std::uint64_t seed = 1;
  for (auto _ : state) {
    rules.model = model_of(rules.instruments, {64, 50}, ++seed);
    core::Adoption ready(rules, engine.names().symbols);
    const std::uint64_t before = ticks_before();
    engine.adopt(ready);
    const double ns = TickScale::of_this_run().ns(ticks_after() - before);
    took.record(static_cast<std::uint64_t>(ns));
    state.SetIterationTime(ns / 1e9);
  }
  state.counters["p50_ns"] = static_cast<double>(took.at_percentile(50));
  state.counters["p99_ns"] = static_cast<double>(took.at_percentile(99));
}
BENCHMARK(adopt_model)->Arg(1'000)->UseManualTime();

}  // namespace

}  // namespace bulwark::bench
