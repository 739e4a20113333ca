// SPDX-License-Identifier: Apache-2.0
// A hostile client: a thread that writes anything anywhere into its lane while the sidecar serves it and an honest one.
// The sidecar must not crash, must never see an ill-formed request, must end every step, and the honest lane must not
// notice. Under AddressSanitizer, UndefinedBehaviorSanitizer and ThreadSanitizer too.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <random>
#include <thread>

#include "shm/lane.h"
#include "shm/lane_server.h"

using namespace bulwark;
using namespace bulwark::shm;

namespace {

constexpr std::uint64_t honest_count = 4'000;  // round trips of the honest client

Request good_request(std::uint64_t i) {
  Request request;
  request.kind = i % 2 == 0 ? MessageKind::Intent : MessageKind::Fill;
  request.side = Side::Buy;
  request.quantity = {static_cast<std::int64_t>(i % 1000)};
  request.id = Id::from("honest-" + std::to_string(i));
  if (i % 2 != 0) request.other = Id::from(std::string(1 + i % 64, 'x'));
  return request;
}

// What holds of every request that poll() gives, whoever sent it.
bool well_formed(const Request& request) {
  const bool two = request.kind == MessageKind::Replace || request.kind == MessageKind::Fill;
  return lane_details::is_request(request.kind) && request.side <= Side::Sell && request.resize <= Resize::Forbidden &&
         request.why <= DoneWhy::Expired && valid_id(request.id.view()) && two == (request.other.size != 0) &&
         (!two || valid_id(request.other.view())) && magnitude(request.quantity.raw) <= decimal_raw_max &&
         magnitude(request.price.raw) <= decimal_raw_max && magnitude(request.fee.raw) <= money_raw_max;
}

// Valid words in wrong places, near misses and noise, by atomic writes, so that only the protocol is under test.
void spoil(Lane& lane, std::mt19937_64& random) {
  const std::size_t index = random() % lane_line_count;
  LaneLine& line = lane.lines[index];
  AtomicWord& word = random() % 2 == 0 ? line.state : line.words[random() % 7];
  switch (random() % 6) {
    case 0: word.fetch_xor(std::uint64_t{1} << (random() % 64)); break;
    case 1: word.store(random()); break;
    case 2:
      line.state.store(LineState{static_cast<std::uint32_t>(index + random() % 3 * lane_line_count),
                                 static_cast<MessageKind>(random() % 9), static_cast<std::uint8_t>(random()),
                                 static_cast<std::uint8_t>(random() % 70), static_cast<std::uint8_t>(random() % 5)}
                           .word());
      break;
    case 3: lane.commands_read.store(random() % 2 == 0 ? random() : random() % 100); break;
    case 4: lane.commands[random() % command_line_count].state.store(random()); break;
    default: {
      // A whole good message, with a number near the right one: some are taken, and so the cursor moves on.
      const MessageLines lines = encode(good_request(random()), static_cast<std::uint32_t>(index));
      for (std::size_t k = lines.count; k-- > 0;) {
        LaneLine& to = lane.lines[(index + k) % lane_line_count];
        for (std::size_t i = 0; i < 7; ++i) to.words[i].store(lines.words[k][i]);
        to.state.store(lines.states[k] + (random() % 4) * lane_line_count);
      }
    }
  }
}

std::uint64_t seed() {
  const char* text = std::getenv("BULWARK_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 20'261'122;
}

}  // namespace

TEST(LaneFuzz, AHostileClientHurtsNobodyElse) {
  const std::uint64_t seeded = seed();
  RecordProperty("seed", std::to_string(seeded));
  auto hostile = std::make_unique<Lane>(), honest = std::make_unique<Lane>();
  LaneServer hostile_server(*hostile), honest_server(*honest);
  EXPECT_TRUE(hostile_server.push_command({CommandKind::Cancel, Id::from("c"), {}}));
  std::atomic<bool> ending{false};
  std::thread mutator([&] {
    std::mt19937_64 random(seeded);
    for (int i = 0; !ending.load(std::memory_order_relaxed); ++i) {
      spoil(*hostile, random);
      if (i % 100 == 0) std::this_thread::yield();  // on two cores the others must come to their turn
    }
  });
  std::thread client([&] {
    LaneClient lane(*honest);
    for (std::uint64_t i = 0; i < honest_count; ++i) {
      const auto ticket = lane.send(good_request(i), false);
      ASSERT_TRUE(ticket);
      auto answer = lane.poll(*ticket);
      for (; !answer; answer = lane.poll(*ticket)) std::this_thread::yield();
      ASSERT_EQ(answer->quantity.raw, static_cast<std::int64_t>(i % 1000));
    }
  });
  std::uint64_t taken = 0, honest_taken = 0;
  const auto reached = [&] { return taken != 0 && hostile_server.malformed_count() != 0; };
  for (std::uint64_t pass = 0; honest_taken < honest_count || (!reached() && pass < 100'000'000); ++pass) {
    Request request;
    for (int budget = 0; budget < 4 && hostile_server.poll(request); ++budget) {
      ++taken;
      ASSERT_TRUE(well_formed(request)) << "seed " << seeded;
      hostile_server.answer({});
    }
    if (honest_server.poll(request)) {
      ASSERT_TRUE(well_formed(request));
      ASSERT_EQ(request.id.view(), good_request(honest_taken++).id.view());
      Answer answer;
      answer.decision = Decision::Accepted;
      answer.quantity = request.quantity;
      honest_server.answer(answer);
    } else {
      std::this_thread::yield();
    }
    // Whether there is room is the hostile side's to say: it loses commands of its own at worst.
    if (pass % 64 == 0) static_cast<void>(hostile_server.push_command({CommandKind::Cancel, Id::from("c"), {}}));
  }
  client.join();
  ending.store(true, std::memory_order_relaxed);
  mutator.join();
  EXPECT_EQ(honest_server.malformed_count(), 0U);
  EXPECT_GT(hostile_server.malformed_count(), 0U);
  EXPECT_GT(taken, 0U) << "the fuzz must get past the first check, seed " << seeded;
}

// The same without a second thread, so that every byte pattern is reproducible: each is judged, each step ends.
TEST(LaneFuzz, EveryImageOfALaneIsJudged) {
  std::mt19937_64 random(seed());
  auto lane = std::make_unique<Lane>();
  std::uint64_t taken = 0;
  LaneServer server(*lane);
  for (int round = 0; round < 200'000; ++round) {
    spoil(*lane, random);
    Request request;
    if (!server.poll(request)) continue;
    ++taken;
    ASSERT_TRUE(well_formed(request)) << "round " << round;
    server.answer({});
  }
  EXPECT_GT(taken, 0U);
  EXPECT_GT(server.malformed_count(), 0U);
}
