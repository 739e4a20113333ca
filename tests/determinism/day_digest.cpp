// SPDX-License-Identifier: Apache-2.0
// A seeded day of random events on a desk that uses everything there is, and what it comes to: the SHA-256 of every
// answer and of the engine's state in the end. Every compiler, at every level of optimisation, has to print the same.
//
//   day_digest EVENTS [SEED]
#include <openssl/evp.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "core/engine.h"
#include "core/state/words.h"
#include "tests/core/busy_desk.h"

namespace bulwark::core {
namespace {

constexpr Capacity room{.orders = 1 << 20, .clients = 8, .latches = 64};

class Digest {
public:
  Digest() { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  StateWriter::Sink sink() {
    return [this](std::span<const std::byte> bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); };
  }
  std::string hex() {
    unsigned char hash[32];
    EVP_DigestFinal_ex(context_.get(), hash, nullptr);
    std::string text;
    for (const unsigned char byte : hash) {
      char two[3];
      std::snprintf(two, sizeof two, "%02x", byte);
      text += two;
    }
    return text;
  }

private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

std::string digest_of_state(const Engine& engine) {
  Digest digest;
  StateWriter words(digest.sink());
  engine.save(words);
  return digest.hex();
}

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
  const std::string state = digest_of_state(engine);

  Engine again(rules, room);
  Digest answers;
  StateWriter words(answers.sink());
  run_day(again, events, seed, [&](EventError error) { add_answer(words, error, again); });
  words.finish();
  if (digest_of_state(again) != state) {
    std::fputs("the same day came to two different states\n", stderr);
    return 1;
  }
  std::printf("events %llu seed %llu answers %s state %s\n", static_cast<unsigned long long>(events),
              static_cast<unsigned long long>(seed), answers.hex().c_str(), state.c_str());
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
