// SPDX-License-Identifier: Apache-2.0
// The process that asks and measures: one chunk of round trips of one case at a time, every answer checked.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "bench/apply_alone.h"
#include "bench/cases.h"
#include "bench/shared.h"
#include "bench/ticks.h"
#include "shm/lane.h"

namespace bulwark::bench {

class AskingSide {
public:
  struct Settings {
    TickScale scale;
    std::uint64_t rate = 200'000;  // of the open loop, a second
  };

  AskingSide(Shared& shared, pid_t answering, const Settings& settings);

  // A chunk of this case: its samples in ticks, one for each trip but those that only warm it up. Throws where an
  // answer is wrong or the other process has died.
  const std::vector<std::uint64_t>& measure(Case which, std::uint64_t trips);
  void end() { order(Transport::End, 0); }

private:
  void order(Transport transport, std::uint64_t trips);
  void wait_a_poll(Patience& patience);
  void wait_until(std::uint64_t tick, Patience& patience);
  template <class Trip>
  void record(std::uint64_t trips, Trip trip);

  void measure_raw(std::uint64_t trips);
  void measure_boost(std::uint64_t trips);
  void measure_lane(std::uint64_t trips);
  void measure_check(std::uint64_t trips, Transport transport, bool open_loop);
  shm::Answer ask(const shm::Request& request);
  void finish_order(std::uint64_t number);
  bool answering_side_is_gone() const;

  Shared& shared_;
  const pid_t answering_;
  const Settings settings_;
  ApplyAlone apply_;
  shm::LaneClient lane_;
  std::uint64_t chunks_ = 0, orders_ = 0;
  std::vector<std::uint64_t> samples_;
};

}  // namespace bulwark::bench
