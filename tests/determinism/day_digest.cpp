// SPDX-License-Identifier: Apache-2.0
// A seeded day of random events on a desk that uses everything there is, and what it comes to: the SHA-256 of every
// answer and of the engine's state in the end. Every compiler, at every level of optimisation, has to print the same.
//
//   day_digest EVENTS [SEED]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/engine.h"
#include "core/state/words.h"
#include "sidecar/journal/snapshot.h"
#include "tests/core/busy_desk.h"

namespace bulwark::core {
namespace {

constexpr Capacity room{.orders = 1 << 20, .clients = 8, .latches = 64};

void add_value(StateWriter& words, const Value& value) { words(value.kind, value.raw_low, value.raw_high); }

void add_answer(StateWriter& words, EventError error, const Engine& engine) {
  words(error, engine.has_verdict(), engine.has_sized(), engine.lines().size());
  if (engine.has_verdict()) {
    const Verdict& verdict = engine.verdict();
    words(verdict.decision, verdict.reason, verdict.limit, verdict.quantity);
    add_value(words, verdict.value);
    add_value(words, verdict.max);
  }
  for (const Objection& objection : engine.objections()) {
    words(objection.limit);
    add_value(words, objection.value);
  }
  if (engine.has_sized()) {
    for (const std::int64_t quantity : engine.sized().constraints) words(quantity);
  }
  for (const Line& line : engine.lines()) {
    words(line.type, line.limit, line.state, line.order.quantity, line.order.price);
    add_value(words, line.value);
    words.text(line.id);
    words.text(line.cause);
  }
}

// Calls applied(error) behind each event.
template <class Applied>
void run_day(Engine& engine, std::uint64_t events, std::uint64_t seed, Applied applied) {
  BusyDay day(seed);
  applied(engine.apply(BusyDay::client()));
  for (std::uint64_t k = 1; k < events; ++k) applied(engine.apply(day.next()));
}

int run(std::uint64_t events, std::uint64_t seed) {
  const Rules rules = BusyRules().rules;
  Engine engine(rules, room);
  const auto begin = std::chrono::steady_clock::now();
  run_day(engine, events, seed, [](EventError) {});
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  const journal::Hash state = journal::state_digest(engine);

  Engine again(rules, room);
  journal::Sha256 answers;
  answers.begin();
  StateWriter words([&answers](std::span<const std::byte> bytes) { answers.add(bytes); });
  run_day(again, events, seed, [&](EventError error) { add_answer(words, error, again); });
  words.finish();
  if (journal::state_digest(again) != state) {
    std::fputs("the same day came to two different states\n", stderr);
    return 1;
  }
  std::printf("events %llu seed %llu answers %s state %s\n", static_cast<unsigned long long>(events),
              static_cast<unsigned long long>(seed), journal::to_hex(answers.end()).c_str(),
              journal::to_hex(state).c_str());
  std::fprintf(stderr, "%.0f ns an event\n", took.count() / static_cast<double>(events));
  return 0;
}

}  // namespace
}  // namespace bulwark::core

int main(int argc, char** argv) {
  const std::uint64_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0;
  if (events == 0) {
    std::fputs("usage: day_digest EVENTS [SEED]\n", stderr);
    return 2;
  }
  return bulwark::core::run(events, argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1);
}
