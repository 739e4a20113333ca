// SPDX-License-Identifier: Apache-2.0
// What live risk costs beside one dense product of the scenario matrix with a vector, measured in turn in the same run:
// everything anew after the whole book has changed, and what one fill changes.
#include <benchmark/benchmark.h>

#include <random>

#include "bench/histogram.h"
#include "bench/ticks.h"
#include "core/analytics/live_risk.h"

namespace bulwark::bench {

namespace {

using analytics::LiveModel;
using analytics::LiveRisk;

constexpr Eigen::Index factor_count = 64, shock_count = 50;

class Draw {
public:
  double operator()(double scale) { return scale * noise_(engine_); }
  Eigen::MatrixXd matrix(Eigen::Index rows, Eigen::Index columns, double scale) {
    return Eigen::MatrixXd::NullaryExpr(rows, columns, [&] { return (*this)(scale); });
  }

private:
  std::mt19937_64 engine_{1};
  std::normal_distribution<double> noise_;
};

LiveModel model_of(Draw& draw, Eigen::Index symbols, Eigen::Index scenarios) {
  LiveModel model;
  model.returns = draw.matrix(scenarios, symbols, 0.02);
  model.loadings = draw.matrix(factor_count, symbols, 0.003);
  model.residuals = draw.matrix(symbols, 1, 0.01).cwiseAbs2();
  model.shocks = draw.matrix(shock_count, symbols, 0.1);
  return model;
}

class Stopwatch {
public:
  Stopwatch() : before_(ticks_before()) {}
  double ns() const { return TickScale::of_this_run().ns(ticks_after() - before_); }

private:
  std::uint64_t before_;
};

double p50(const Histogram& took) { return static_cast<double>(took.at_percentile(50)); }

// Three VaR methods with their ES, every component, every stress scenario.
void whole_book(benchmark::State& state) {
  Draw draw;
  const Eigen::Index symbols = state.range(0), scenarios = state.range(1);
  LiveRisk risk(model_of(draw, symbols, scenarios));
  const Eigen::MatrixXd& matrix = risk.model().returns;
  Eigen::VectorXd amounts[2] = {draw.matrix(symbols, 1, 1e5), draw.matrix(symbols, 1, 1e5)};
  Eigen::VectorXd product(scenarios);
  Histogram product_took, refresh_took;
  for (auto _ : state) {
    std::swap(amounts[0], amounts[1]);
    const Stopwatch product_watch;
    product.noalias() = matrix * amounts[0];
    benchmark::DoNotOptimize(product.data());
    benchmark::ClobberMemory();
    product_took.record(static_cast<std::uint64_t>(product_watch.ns()));
    const Stopwatch watch;
    risk.set(amounts[0]);
    benchmark::DoNotOptimize(risk.figures());
    benchmark::DoNotOptimize(risk.component_var());
    benchmark::DoNotOptimize(risk.stress_losses());
    const double ns = watch.ns();
    refresh_took.record(static_cast<std::uint64_t>(ns));
    state.SetIterationTime(ns / 1e9);
  }
  state.counters["product_p50_ns"] = p50(product_took);
  state.counters["p50_ns"] = p50(refresh_took);
  state.counters["p99_ns"] = static_cast<double>(refresh_took.at_percentile(99));
  state.counters["times_product"] = p50(refresh_took) / p50(product_took);
}
BENCHMARK(whole_book)->Args({1'000, 1'000})->Args({5'000, 1'000})->UseManualTime();

void one_fill(benchmark::State& state) {
  Draw draw;
  const Eigen::Index symbols = state.range(0);
  LiveRisk risk(model_of(draw, symbols, state.range(1)));
  Histogram took;
  Eigen::Index symbol = 0;
  for (auto _ : state) {
    symbol = (symbol + 337) % symbols;
    const double amount = draw(1e5);
    const Stopwatch watch;
    risk.move(symbol, amount);
    benchmark::DoNotOptimize(risk.figures());
    const double ns = watch.ns();
    took.record(static_cast<std::uint64_t>(ns));
    state.SetIterationTime(ns / 1e9);
  }
  state.counters["p50_ns"] = p50(took);
  state.counters["p99_ns"] = static_cast<double>(took.at_percentile(99));
}
BENCHMARK(one_fill)->Args({1'000, 1'000})->Args({5'000, 1'000})->UseManualTime();

}  // namespace

}  // namespace bulwark::bench
