// SPDX-License-Identifier: Apache-2.0
// The whole system under a seed: random orders, reports and wishes, with crashes, stalls, stops and clock jumps between
// any two steps. What must hold is in system.cpp. Every step draws from its own numbers, so that steps can be left out
// of a failing history. By hand, as many seeds as one likes: see README.md.
#include <gtest/gtest.h>
#include <sys/prctl.h>

#include <numeric>

#include "tests/simulation/agreement.h"
#include "tests/simulation/history.h"
#include "tests/simulation/system.h"
#include "tests/simulation/traffic.h"

namespace bulwark::test {
namespace {

constexpr Shape shape{6, 2, 3, 19};

class Run {
public:
  Run(std::uint64_t seed, bool tells)
      : seed_(seed), tells_(tells), rules_(random_rules(seed, shape)), system_(rules_), traffic_(seed, rules_) {
    for (std::uint32_t k = 1; k <= rules_.instruments.size(); ++k) system_.mark(traffic_.mark(k));
    breathe(1'000'000);
  }
  void step(std::uint64_t number) {
    Random random(seed_ * 1'000'003 + number);
    const bool traded = system_.trading();
    may_resume_ = false;
    if (!system_.watchdog_lives() && random.chance(300))
      act("a watchdog starts", [&] {
        system_.start_watchdog();
        may_resume_ = true;
      });
    else if (!system_.sidecar_lives() && system_.watchdog_lives() && random.chance(300))
      act("a sidecar starts", [&] { system_.start_sidecar(); });
    else if (!system_.trading() && random.chance(250)) resume(random);
    else take(random);
    for (const Folded& record : system_.take_news()) {
      if (record.outcome.has_verdict) traffic_.learn(record.event, record.outcome.verdict);
    }
    if (system_.trading() && !traded && !may_resume_) throw System::Broken{"a stop was undone by itself"};
    system_.check();
  }
  // Everything comes back once more.
  void end() {
    system_.crash_sidecar(0);
    if (!system_.watchdog_lives()) system_.start_watchdog();
    system_.start_sidecar();
    system_.write_round(3);
    system_.follow_ledger();
  }
  const System& system() const { return system_; }
  std::string told() const { return told_; }

private:
  template <class What>
  void act(const char* name, What what) {
    if (tells_) told_ += std::string("  ") + name + "\n";
    what();
  }
  // Time passes, and everybody who lives does what he does in it.
  void breathe(std::int64_t ns) {
    Machine::monotonic_ns += ns;
    system_.tick();
    system_.pass();
    for (int k = 0; k < System::client_count; ++k) system_.poll(k);
  }
  void take(Random& random);
  void trade(Random& random);
  void stop(Random& random);
  void resume(Random& random);
  void die(Random& random);
  void stall(Random& random);

  const std::uint64_t seed_;
  const bool tells_;
  const core::Rules rules_;
  System system_;
  Traffic traffic_;
  bool may_resume_ = false;
  std::string told_;
};

void Run::take(Random& random) {
  const std::int64_t kind = random.below(1'000);
  if (kind < 640) return trade(random);
  if (kind < 760) return act("time passes", [&] { breathe(random.below(3'000'000)); });
  if (kind < 850) return act("the writer works", [&] { system_.write_round(static_cast<int>(random.between(1, 3))); });
  if (kind < 862) return stop(random);
  if (kind < 885) return stall(random);
  if (kind < 900) return act("the ledger follows", [&] { system_.follow_ledger(); });
  if (kind < 935) return die(random);
  trade(random);
}

void Run::trade(Random& random) {
  for (std::int64_t burst = random.chance(20) ? 90 : random.between(1, 3); burst > 0; --burst) {
    traffic_.set_time(system_.now());
    const core::Event event = traffic_.next();
    if (tells_) told_ += "  " + described(event) + "\n";
    switch (event.type) {
      case core::EventType::Mark:
      case core::EventType::Rate: system_.mark(event); break;
      case core::EventType::Control:
        if (event.control.command == core::Command::Resume) break;  // people do that in its own time
        [[fallthrough]];
      case core::EventType::Equity: system_.wish(event); break;
      case core::EventType::Clock: break;
      default: system_.send(static_cast<int>(random.below(System::client_count)), event);
    }
  }
  if (random.chance(900)) breathe(random.below(1'000'000));
}

void Run::stop(Random& random) {
  act("a stop", [&] {
    shm::StopDetails details;
    details.t = shm::wall_now();
    details.operator_name = Name::from("mira");
    details.reason = Sentence::from("stop " + std::to_string(random.below(100)));
    if (random.chance(600)) {
      details.whole = false;
      if (random.chance(500)) details.account = Name::from(numbered("A", static_cast<int>(random.between(1, 2))));
      else if (random.chance(500)) details.symbol = Name::from(numbered("S", static_cast<int>(random.between(1, 6))));
      else details.client = Name::from("c" + std::to_string(random.between(1, 4)));
    }
    system_.stop(details);
    if (random.chance(500)) breathe(random.below(100'000));
  });
}

void Run::resume(Random& random) {
  act("a resume", [&] {
    core::ControlEvent wish{};
    wish.command = core::Command::Resume;
    wish.new_baseline = random.chance(600);
    if (random.chance(950)) wish.operator_name = Name::from("otto");
    wish.reason = Sentence::from("looked at it");
    may_resume_ = wish.operator_name.size != 0;
    breathe(100'000);
    system_.resume(wish);
    breathe(100'000);
  });
}

void Run::stall(Random& random) {
  switch (random.below(5)) {
    case 0:  // nobody runs: the lease is gone
      return act("everything stalls", [&] { Machine::monotonic_ns += random.between(1, 200) * 1'000'000; });
    case 1:
      return act("the sidecar stalls", [&] {
        for (int ms = 0; ms < 60; ++ms) Machine::monotonic_ns += 1'000'000, system_.tick();
      });
    case 2:
      return act("the watchdog stalls", [&] {
        for (int ms = 0; ms < 60; ++ms) Machine::monotonic_ns += 1'000'000, system_.pass();
      });
    case 3:
      return act("the wall clock jumps", [&] { Machine::wall_ahead_ns += random.between(-100, 100) * 60'000'000'000; });
    default:
      return act("the machine sleeps", [&] { Machine::monotonic_ns += random.between(1, 40) * 3'600'000'000'000; });
  }
}

void Run::die(Random& random) {
  const std::int64_t torn = random.chance(500) ? random.between(1, 1'000) : 0;
  const int client = static_cast<int>(random.below(System::client_count));
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2: return act("the sidecar dies", [&] { system_.crash_sidecar(torn); });
    case 3:
    case 4: return act("the watchdog dies", [&] { system_.crash_watchdog(); });
    case 5:
      return act("both die", [&] {
        system_.crash_sidecar(torn);
        system_.crash_watchdog();
      });
    case 6:
    case 7: return act("the power is cut", [&] { system_.cut_power(torn); });
    case 8: return act("a clean end", [&] { system_.end_cleanly(); });
    case 9:
      return act("the journal fails", [&] {
        if (random.chance(300)) system_.fail_journal();
      });
    case 10:
      return act("garbage in a lane",
                 [&] { system_.send_garbage(client, static_cast<std::uint64_t>(random.below(1LL << 40))); });
    default: return act("a client dies and comes back", [&] { system_.reattach(client); });
  }
}

struct Totals {
  std::uint64_t records = 0;
  std::map<Reason, std::uint64_t> verdicts;  // None: accepted
};

// What went wrong; empty: nothing did.
std::string simulate(std::uint64_t seed, const std::vector<std::uint64_t>& steps, Totals* totals, std::string* told) {
  std::unique_ptr<Run> run;
  std::string what;
  try {
    run = std::make_unique<Run>(seed, told != nullptr);
    for (const std::uint64_t step : steps) run->step(step);
    run->end();
  } catch (const System::Broken& broken) {
    what = broken.what;
  } catch (const std::exception& error) {
    what = error.what();
  }
  if (told != nullptr && run) *told = run->told();
  if (totals != nullptr && run) {
    totals->records += run->system().history().size();
    for (const Folded& record : fold(run->system().history())) {
      if (record.outcome.has_verdict) ++totals->verdicts[record.outcome.verdict.reason];
    }
  }
  return what;
}

std::string explain(std::uint64_t seed, std::vector<std::uint64_t> steps) {
  steps = shortest(steps, [seed](const auto& fewer) { return !simulate(seed, fewer, nullptr, nullptr).empty(); });
  std::string told;
  const std::string what = simulate(seed, steps, nullptr, &told);
  return "shortest history (" + std::to_string(steps.size()) + " steps):\n" + told + "  " + what + "\n" +
         command_for("simulation_test", "Simulation.HoldsThroughCrashes", seed);
}

TEST(Simulation, HoldsThroughCrashes) {
  ::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);  // a life is short: large pages would cost more than it
  const Seeds seeds = seeds_wanted({1, 1'000});
  std::vector<std::uint64_t> steps(static_cast<std::size_t>(wanted("BULWARK_STEPS", 200)));
  std::iota(steps.begin(), steps.end(), 1);
  Totals totals;
  const std::int64_t begin = real_seconds();
  for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) {
    const std::string what = simulate(seed, steps, &totals, nullptr);
    ASSERT_TRUE(what.empty()) << "seed " << seed << ": " << what << "\n" << explain(seed, steps);
  }
  std::cout << seeds.last - seeds.first + 1 << " seeds in " << real_seconds() - begin << " s, " << totals.records
            << " records:";
  for (const auto& [reason, count] : totals.verdicts) {
    std::cout << " " << (reason == Reason::None ? "accepted" : name_of(reason_names, reason)) << " " << count;
  }
  std::cout << "\n";
  const bool usual = std::getenv("BULWARK_SEEDS") == nullptr;
  EXPECT_TRUE(!usual || totals.verdicts[Reason::None] > 10'000) << "nothing is shown where nothing happens";
}

}  // namespace
}  // namespace bulwark::test
