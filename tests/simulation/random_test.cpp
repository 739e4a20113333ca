// SPDX-License-Identifier: Apache-2.0
// Random events through the engine and through the naive reference: the same verdicts, and in the end the same book and
// the same value of every limit. By hand, ten million: see README.md.
#include <gtest/gtest.h>

#include "tests/simulation/agreement.h"
#include "tests/simulation/history.h"
#include "tests/simulation/traffic.h"

namespace bulwark::test {
namespace {

constexpr core::Capacity capacity{.orders = 1 << 17, .clients = 16, .latches = 1'024};

struct Pair {
  explicit Pair(const core::Rules& rules) : engine(rules, capacity), naive(rules) {}
  // What differs after the event.
  std::string apply(const core::Event& event) {
    const core::EventError error = engine.apply(event);
    const std::string text = difference(engine, error, naive, naive.apply(event));
    return text.empty() ? text : described(event) + "\n  " + text;
  }
  core::Engine engine;
  naive::Naive naive;
};

struct Reached {
  std::int64_t events = 0, accepted = 0, resized = 0, rejected = 0;
  std::map<Reason, std::int64_t> reasons;
  std::map<Metric, std::int64_t> metrics;
};

std::string run(std::uint64_t seed, const Shape& shape, std::int64_t events, Reached& reached) {
  const core::Rules rules = random_rules(seed, shape);
  Pair pair(rules);
  Traffic traffic(seed, rules);
  std::vector<core::Event> history;
  const bool keeps = events <= 200'000;  // a longer history is only told by its seed
  const auto failed = [&](const std::string& what) {
    if (!keeps) return what;
    const auto fails = [&](const std::vector<core::Event>& shorter) {
      Pair again(rules);
      for (const core::Event& event : shorter) {
        if (!again.apply(event).empty()) return true;
      }
      return !difference_of_state(again.engine, again.naive).empty();
    };
    return what + "\nshortest history:\n" + described(shortest(history, fails));
  };
  const auto apply = [&](const core::Event& event) {
    if (keeps) history.push_back(event);
    return pair.apply(event);
  };
  for (int k = 1; k <= Traffic::client_count; ++k) apply(traffic.client(k));
  for (std::uint32_t k = 1; k < rules.instruments.size(); ++k)
    apply(traffic.mark(k));  // the last one waits for its own
  for (std::int64_t k = 0; k < events; ++k) {
    const core::Event event = traffic.next();
    if (const std::string text = apply(event); !text.empty()) return failed(text);
    ++reached.events;
    if (k % 2'000 == 0 || k + 1 == events) {
      if (const std::string text = difference_of_state(pair.engine, pair.naive); !text.empty()) return failed(text);
    }
    if (!pair.engine.has_verdict()) continue;
    const core::Verdict& verdict = pair.engine.verdict();
    traffic.learn(event, verdict);
    ++reached.reasons[verdict.reason];
    if (verdict.limit != LimitIndex::None) ++reached.metrics[rules.limits[at(verdict.limit) - 1].metric];
    ++(verdict.decision == Decision::Accepted  ? reached.accepted
       : verdict.decision == Decision::Resized ? reached.resized
                                               : reached.rejected);
  }
  return {};
}

void run_seeds(Seeds seeds, const Shape& shape, std::int64_t events, const char* filter, Reached& reached) {
  for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) {
    const std::string text = run(seed, shape, events, reached);
    ASSERT_TRUE(text.empty()) << text << command_for("simulation_random_test", filter, seed);
  }
  std::cout << reached.events << " events: " << reached.accepted << " accepted, " << reached.resized << " resized, "
            << reached.rejected << " rejected\n ";
  for (const auto& [reason, count] : reached.reasons) std::cout << " " << name_of(reason_names, reason) << " " << count;
  std::cout << "\n ";
  for (const auto& [metric, count] : reached.metrics) std::cout << " " << name_of(metric_names, metric) << " " << count;
  std::cout << "\n";
}

// 50 symbols, 5 accounts, 60 limits.
TEST(Random, ACrowdedDeskIsJudgedAsTheReferenceJudges) {
  Reached reached;
  run_seeds(seeds_wanted({1, 2}), {50, 5, 5, 60}, wanted("BULWARK_EVENTS", 4'000),
            "Random.ACrowdedDeskIsJudgedAsTheReferenceJudges", reached);
}

// Other limits for every seed, and so few symbols that all orders meet.
TEST(Random, SmallDesksAreJudgedAsTheReferenceJudges) {
  Reached reached;
  run_seeds(seeds_wanted({1, 120}), {7, 2, 3, 19}, wanted("BULWARK_EVENTS", 400),
            "Random.SmallDesksAreJudgedAsTheReferenceJudges", reached);
  if (std::getenv("BULWARK_SEEDS") != nullptr) return;
  EXPECT_GT(reached.accepted, 4'000) << "agreement means nothing where nothing happens";
  EXPECT_GT(reached.resized, 300);
  EXPECT_GE(reached.reasons.size(), 20U) << "every reason";
  EXPECT_GE(reached.metrics.size(), 19U) << "every metric that the reference knows";
}

}  // namespace
}  // namespace bulwark::test
