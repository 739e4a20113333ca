// SPDX-License-Identifier: Apache-2.0
// Google Benchmark of Engine::apply for each kind of event. Each iteration is one event of the kind that is named and,
// outside of the time that counts, whatever brings the engine back to where it was.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "bench/ticks.h"
#include "bench/twenty_limits.h"

namespace bulwark::bench {

namespace {

// An engine with a book and a time that goes on; it aborts where an event does not do what is measured.
class Desk {
public:
  explicit Desk(std::vector<core::Limit> limits) : engine_(rules_with(std::move(limits))) { fill_book(engine_, t_); }

  double timed(const core::Event& event) {
    const std::uint64_t before = ticks_before();
    const core::EventError error = engine_.apply(event);
    const std::uint64_t after = ticks_after();
    demand(error == core::EventError::None);
    return TickScale::of_this_run().ns(after - before) / 1e9;
  }
  void apply(const core::Event& event) { demand(engine_.apply(event) == core::EventError::None); }
  void demand_decision(Decision decision) const { demand(engine_.verdict().decision == decision); }

  TimeNs later() { return t_ = t_ + DurationNs{500}; }
  // Orders that are done are forgotten with the session after theirs.
  std::uint64_t next_order() {
    if (++number_ % 400'000 == 0) apply(event_at(t_ = t_ + milliseconds(86'400'000), core::EventType::Clock));
    return number_;
  }
  core::Event next_intent() {
    const std::uint64_t number = next_order();  // first: the clock may go on by a day
    return intent_of(number, later());
  }
  void finish() { apply(order_event_of(core::EventType::Done, number_, later())); }

private:
  static void demand(bool right) {
    if (!right) std::abort();
  }
  core::Engine engine_;
  TimeNs t_{1'800'000'000'000'000'000};
  std::uint64_t number_ = 0;
};

std::vector<core::Limit> limits_up_to(std::size_t count) {
  // One of the kind exposure has to be among them, or every order is refused for want of it.
  std::vector<core::Limit> limits = twenty_limits();
  std::swap(limits[0], limits[8]);
  limits.resize(count);
  return limits;
}

// The first limit allows half of what is asked for.
std::vector<core::Limit> tight_limits(std::size_t count, Action action) {
  std::vector<core::Limit> limits = limits_up_to(count);
  core::Limit tight = limit_of(Metric::OrderQuantity, {"*", "", "", "", ""}, quantity_raw / unit / 2);
  tight.name = "tight";
  tight.action = action;
  limits.push_back(tight);
  return limits;
}

void intent_accepted(benchmark::State& state) {
  Desk desk(limits_up_to(static_cast<std::size_t>(state.range(0))));
  for (auto _ : state) {
    state.SetIterationTime(desk.timed(desk.next_intent()));
    desk.demand_decision(Decision::Accepted);
    desk.finish();
  }
}
BENCHMARK(intent_accepted)->Arg(1)->Arg(5)->Arg(20)->UseManualTime();

void intent_refused(benchmark::State& state) {
  Desk desk(tight_limits(static_cast<std::size_t>(state.range(0)) - 1, Action::Reject));
  for (auto _ : state) {
    state.SetIterationTime(desk.timed(desk.next_intent()));
    desk.demand_decision(Decision::Rejected);
  }
}
BENCHMARK(intent_refused)->Arg(2)->Arg(5)->Arg(20)->UseManualTime();

void intent_resized(benchmark::State& state) {
  Desk desk(tight_limits(static_cast<std::size_t>(state.range(0)) - 1, Action::Resize));
  for (auto _ : state) {
    state.SetIterationTime(desk.timed(desk.next_intent()));
    desk.demand_decision(Decision::Resized);
    desk.finish();
  }
}
BENCHMARK(intent_resized)->Arg(2)->Arg(5)->Arg(20)->UseManualTime();

void replace_accepted(benchmark::State& state) {
  Desk desk(twenty_limits());
  for (auto _ : state) {
    const std::uint64_t number = desk.next_order(), replacing = desk.next_order();
    desk.apply(intent_of(number, desk.later()));
    core::Event replace = event_at(desk.later(), core::EventType::Replace);
    replace.replace.client = ClientIndex{1};
    replace.replace.gate = core::Gate::Open;
    replace.replace.keep_price = true;
    replace.replace.quantity = {2 * quantity_raw};
    replace.replace.new_id = id_of(replacing);
    replace.replace.id = id_of(number);
    state.SetIterationTime(desk.timed(replace));
    desk.demand_decision(Decision::Accepted);
    core::Event done = event_at(desk.later(), core::EventType::Done);
    done.order.client = ClientIndex{1};
    done.order.why = DoneWhy::Canceled;
    done.order.id = replace.replace.id;
    desk.apply(done);
  }
}
BENCHMARK(replace_accepted)->UseManualTime();

void done(benchmark::State& state) {
  Desk desk(twenty_limits());
  for (auto _ : state) {
    const std::uint64_t number = desk.next_order();
    desk.apply(intent_of(number, desk.later()));
    state.SetIterationTime(desk.timed(order_event_of(core::EventType::Done, number, desk.later())));
  }
}
BENCHMARK(done)->UseManualTime();

// Bought and sold in turn, so that positions stay small.
void fill(benchmark::State& state) {
  Desk desk(twenty_limits());
  for (auto _ : state) {
    const std::uint64_t number = desk.next_order(), returning = desk.next_order();
    const core::Event intent = intent_of(number, desk.later());
    desk.apply(intent);
    core::Event fill = event_at(desk.later(), core::EventType::Fill);
    fill.fill.client = ClientIndex{1};
    fill.fill.quantity = intent.intent.quantity;
    fill.fill.price = {reference_raw};
    fill.fill.id = fill.fill.exec_id = intent.intent.id;
    state.SetIterationTime(desk.timed(fill));
    core::Event back = intent;
    back.t = desk.later();
    back.intent.side = intent.intent.side == Side::Buy ? Side::Sell : Side::Buy;
    back.intent.id = id_of(returning);
    desk.apply(back);
    fill.t = desk.later();
    fill.fill.id = fill.fill.exec_id = back.intent.id;
    desk.apply(fill);
  }
}
BENCHMARK(fill)->UseManualTime();

// A mark of a symbol in which so many strategies hold something.
void mark(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  core::Rules rules = rules_with(twenty_limits());
  for (std::size_t k = 1; k < rows; ++k) rules.strategies.push_back({"strategy" + std::to_string(k), "DESK"});
  core::Engine engine(rules);
  TimeNs t{1'800'000'000'000'000'000};
  fill_book(engine, t);
  for (std::uint16_t k = 1; k <= rows; ++k) {
    core::Event position = position_of(1, t);
    position.fill.strategy = StrategyIndex{k};
    position.fill.id = position.fill.exec_id = id_of(k);
    if (engine.apply(position) != core::EventError::None) std::abort();
  }
  std::int64_t step = 0;
  for (auto _ : state) {
    const core::Event event = mark_of(1, Price{reference_raw + step * tick_raw}, t = t + DurationNs{500});
    step = (step + 1) % 64;
    const std::uint64_t before = ticks_before();
    const core::EventError error = engine.apply(event);
    const std::uint64_t after = ticks_after();
    if (error != core::EventError::None) std::abort();
    state.SetIterationTime(TickScale::of_this_run().ns(after - before) / 1e9);
  }
}
BENCHMARK(mark)->Arg(1)->Arg(100)->UseManualTime();

}  // namespace

}  // namespace bulwark::bench

BENCHMARK_MAIN();
