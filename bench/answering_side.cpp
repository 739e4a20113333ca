// SPDX-License-Identifier: Apache-2.0
#include "bench/answering_side.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>

#include "bench/sidecar_side.h"
#include "bench/unjournaled_loop.h"
#include "shm/lane_server.h"

namespace bulwark::bench {

namespace {

class AnsweringSide {
public:
  AnsweringSide(Shared& shared, pid_t asking, const Placement& placement)
      : shared_(shared), asking_(asking), sidecar_(placement) {}

  void run() {
    for (std::uint64_t number = 1;; ++number) {
      Patience patience;
      // SYNC POINT CHUNK: acquire, so that the chunk is the one that was ordered.
      while (shared_.ordered.load(std::memory_order_acquire) != number) wait_a_poll(patience);
      const Chunk chunk = shared_.chunk;
      if (chunk.transport == Transport::End) return;
      if (chunk.transport == Transport::Check) serve_check(number, chunk.trips);
      else if (chunk.transport == Transport::Unjournaled) serve_unjournaled(number, chunk.trips);
      else serve_bare(number, chunk);
    }
  }

private:
  void wait_a_poll(Patience& patience) {
    shm::pause_cpu();
    patience.count_poll([this] { return ::getppid() != asking_; });
  }
  // SYNC POINT READY CHUNK (release): everything has been reset before the asking side begins.
  void say_ready(std::uint64_t number) { shared_.ready.store(number, std::memory_order_release); }

  void serve_bare(std::uint64_t number, const Chunk& chunk) {
    switch (chunk.transport) {
      case Transport::Raw:
        shared_.request.number.store(0, std::memory_order_relaxed);
        shared_.reply.number.store(0, std::memory_order_relaxed);
        say_ready(number);
        return serve_raw(chunk.trips);
      case Transport::Boost: say_ready(number); return serve_boost(chunk.trips);
      default:
        for (shm::LaneLine& line : shared_.lane.lines) line.state.store(0, std::memory_order_relaxed);
        say_ready(number);
        return serve_lane(chunk.trips);
    }
  }

  void serve_raw(std::uint64_t trips) {
    Patience patience;
    for (std::uint64_t n = 1; n <= trips; ++n) {
      // SYNC POINT RAW: the number is stored last (release) and loaded first (acquire), in both directions.
      while (shared_.request.number.load(std::memory_order_acquire) != n) wait_a_poll(patience);
      for (std::size_t i = 0; i < 7; ++i) {
        shared_.reply.words[i].store(shared_.request.words[i].load(std::memory_order_relaxed),
                                     std::memory_order_relaxed);
      }
      shared_.reply.number.store(n, std::memory_order_release);
    }
  }

  void serve_boost(std::uint64_t trips) {
    Patience patience;
    Message message;
    for (std::uint64_t n = 1; n <= trips; ++n) {
      while (!shared_.to_server.pop(message)) wait_a_poll(patience);
      shared_.to_client.push(message);
    }
  }

  void serve_lane(std::uint64_t trips) {
    Patience patience;
    shm::LaneServer server(shared_.lane);
    shm::Request request;
    for (std::uint64_t n = 1; n <= trips; ++n) {
      while (!server.poll(request)) wait_a_poll(patience);
      shm::Answer answer;
      answer.decision = Decision::Accepted;
      answer.quantity = request.quantity;
      server.answer(answer);
    }
  }

  void serve_check(std::uint64_t number, std::uint64_t orders) {
    Patience patience;
    hot::Loop& loop = sidecar_.begin(shared_.lane, orders);
    say_ready(number);
    // Relaxed: the answers themselves are synchronised by the lane.
    while (shared_.finished.load(std::memory_order_relaxed) != number) {
      if (!loop.pass()) patience.count_poll([this] { return ::getppid() != asking_; });
    }
  }

  void serve_unjournaled(std::uint64_t number, std::uint64_t orders) {
    Patience patience;
    sidecar_.begin(shared_.lane, orders);
    UnjournaledLoop loop = sidecar_.unjournaled(shared_.lane);
    say_ready(number);
    while (shared_.finished.load(std::memory_order_relaxed) != number) {
      if (!loop.pass()) patience.count_poll([this] { return ::getppid() != asking_; });
    }
  }

  Shared& shared_;
  const pid_t asking_;
  SidecarSide sidecar_;
};

}  // namespace

int answer_until_end(Shared& shared, const Placement& placement) {
  const pid_t asking = ::getppid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    AnsweringSide side(shared, asking, placement);  // its draining thread goes wherever there is room
    placement.settle(placement.answering_cpu);
    side.run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bulwark-bench: the answering process: %s\n", error.what());
    return 1;
  }
}

}  // namespace bulwark::bench
