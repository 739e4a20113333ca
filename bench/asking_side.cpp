// SPDX-License-Identifier: Apache-2.0
#include "bench/asking_side.h"

#include <sys/wait.h>

#include <stdexcept>
#include <string>

#include "bench/twenty_limits.h"

namespace bulwark::bench {

namespace {

// Trips before the first that counts: after another case the code and the lines of this one have to be fetched again.
constexpr std::uint64_t warm_up = 200;

void demand(bool right, const char* what) {
  if (!right) throw std::runtime_error(std::string("a wrong answer: ") + what);
}

shm::Request request_of(std::uint64_t number) {
  const Ask ask = Ask::of(number);
  shm::Request request;
  request.kind = shm::MessageKind::Intent;
  request.side = ask.side;
  request.account = AccountIndex{1};
  request.strategy = StrategyIndex{1};
  request.symbol = ask.symbol;
  request.quantity = {quantity_raw};
  request.price = ask.price;
  request.id = id_of(number);
  return request;
}

}  // namespace

AskingSide::AskingSide(Shared& shared, pid_t answering, const Settings& settings)
    : shared_(shared), answering_(answering), settings_(settings) {}

bool AskingSide::answering_side_is_gone() const { return ::waitpid(answering_, nullptr, WNOHANG) != 0; }

void AskingSide::wait_a_poll(Patience& patience) {
  shm::pause_cpu();
  patience.count_poll([this] { return answering_side_is_gone(); });
}

void AskingSide::wait_until(std::uint64_t tick, Patience& patience) {
  while (ticks_before() < tick) wait_a_poll(patience);
}

void AskingSide::order(Transport transport, std::uint64_t trips) {
  shared_.chunk = {transport, trips};
  const std::uint64_t number = ++chunks_;
  shared_.ordered.store(number, std::memory_order_release);  // SYNC POINT CHUNK
  if (transport == Transport::End) return;
  Patience patience;
  // SYNC POINT READY CHUNK: acquire, so that what the answering side has reset is seen.
  while (shared_.ready.load(std::memory_order_acquire) != number) wait_a_poll(patience);
}

template <class Trip>
void AskingSide::record(std::uint64_t trips, Trip trip) {
  samples_.clear();
  samples_.reserve(trips);
  for (std::uint64_t n = 1; n <= warm_up; ++n) trip(n);
  for (std::uint64_t n = warm_up + 1; n <= warm_up + trips; ++n) samples_.push_back(trip(n));
}

const std::vector<std::uint64_t>& AskingSide::measure(Case which, std::uint64_t trips) {
  switch (which) {
    case Case::RawPingPong: measure_raw(trips); break;
    case Case::BoostSpsc: measure_boost(trips); break;
    case Case::Lane: measure_lane(trips); break;
    case Case::Check: measure_check(trips, Transport::Check, false); break;
    case Case::CheckUnjournaled: measure_check(trips, Transport::Unjournaled, false); break;
    case Case::CheckOpenLoop: measure_check(trips, Transport::Check, true); break;
    case Case::Apply: record(trips, [this](std::uint64_t) { return apply_.order(); }); break;
    case Case::BareTwentyLimits:
      record(trips / BareLimits::repeats + 1, [bare = BareLimits()](std::uint64_t) mutable { return bare.walk(); });
      break;
  }
  return samples_;
}

void AskingSide::measure_raw(std::uint64_t trips) {
  order(Transport::Raw, warm_up + trips);
  Patience patience;
  record(trips, [&](std::uint64_t n) {
    const std::uint64_t before = ticks_before();
    for (std::size_t i = 0; i < 7; ++i) shared_.request.words[i].store(n + i, std::memory_order_relaxed);
    shared_.request.number.store(n, std::memory_order_release);  // SYNC POINT RAW
    while (shared_.reply.number.load(std::memory_order_acquire) != n) wait_a_poll(patience);
    std::uint64_t words[7];
    for (std::size_t i = 0; i < 7; ++i) words[i] = shared_.reply.words[i].load(std::memory_order_relaxed);
    const std::uint64_t after = ticks_after();
    for (std::size_t i = 0; i < 7; ++i) demand(words[i] == n + i, "the raw line came back changed");
    return after - before;
  });
}

void AskingSide::measure_boost(std::uint64_t trips) {
  order(Transport::Boost, warm_up + trips);
  Patience patience;
  record(trips, [&](std::uint64_t n) {
    Message message{}, answer{};
    for (std::size_t i = 0; i < 8; ++i) message.words[i] = n + i;
    const std::uint64_t before = ticks_before();
    shared_.to_server.push(message);
    while (!shared_.to_client.pop(answer)) wait_a_poll(patience);
    const std::uint64_t after = ticks_after();
    for (std::size_t i = 0; i < 8; ++i) demand(answer.words[i] == n + i, "the queue gave back another message");
    return after - before;
  });
}

shm::Answer AskingSide::ask(const shm::Request& request) {
  const auto ticket = lane_.send(request, false);
  demand(ticket.has_value(), "the lane is full");
  Patience patience;
  while (true) {
    if (const auto answer = lane_.poll(*ticket)) return *answer;  // has its PAUSE in it
    patience.count_poll([this] { return answering_side_is_gone(); });
  }
}

void AskingSide::measure_lane(std::uint64_t trips) {
  order(Transport::Lane, warm_up + trips);
  lane_ = shm::LaneClient(shared_.lane);
  record(trips, [&](std::uint64_t n) {
    const shm::Request request = request_of(n);
    const std::uint64_t before = ticks_before();
    const shm::Answer answer = ask(request);
    const std::uint64_t after = ticks_after();
    demand(answer.decision == Decision::Accepted && answer.quantity == request.quantity, "the lane's echo");
    return after - before;
  });
}

void AskingSide::finish_order(std::uint64_t number) {
  shm::Request done;
  done.kind = shm::MessageKind::Done;
  done.why = DoneWhy::Canceled;
  done.id = id_of(number);
  demand(ask(done).decision == Decision::Accepted, "an order that was accepted is not known when it is done");
}

void AskingSide::measure_check(std::uint64_t trips, Transport transport, bool open_loop) {
  order(transport, warm_up + trips);
  lane_ = shm::LaneClient(shared_.lane);
  const std::uint64_t period = settings_.scale.ticks(1e9 / static_cast<double>(settings_.rate));
  const std::uint64_t start = ticks_before() + period;
  Patience patience;
  record(trips, [&](std::uint64_t n) {
    const std::uint64_t number = ++orders_;
    const shm::Request request = request_of(number);
    // In the open loop an order that is sent late was meant to be sent in time, and is measured from then.
    if (open_loop) wait_until(start + n * period, patience);
    const std::uint64_t before = open_loop ? start + n * period : ticks_before();
    const shm::Answer answer = ask(request);
    const std::uint64_t after = ticks_after();
    demand(answer.decision == Decision::Accepted && answer.quantity == request.quantity && answer.epoch == 1,
           "the sidecar does not accept an order that every limit allows");
    finish_order(number);
    return after - before;
  });
  shared_.finished.store(chunks_, std::memory_order_relaxed);
}

}  // namespace bulwark::bench
