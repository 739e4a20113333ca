// SPDX-License-Identifier: Apache-2.0
// The engine without any process around it, and what its 20 limits would cost if they were nothing but 20 comparisons.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>

#include "bench/ticks.h"
#include "bench/twenty_limits.h"
#include "core/engine.h"

namespace bulwark::bench {

class ApplyAlone {
public:
  ApplyAlone() : engine_(rules_with(twenty_limits())) {
    engine_.populate(orders_a_day);
    fill_book(engine_, t_);
  }

  // One order: asked about and accepted within the stamps, done outside of them.
  std::uint64_t order() {
    if (++orders_today_ > orders_a_day) start_next_day();
    const core::Event intent = intent_of(++number_, t_ = t_ + step);
    const std::uint64_t before = ticks_before();
    engine_.apply(intent);
    const std::uint64_t after = ticks_after();
    if (!engine_.has_verdict() || engine_.verdict().decision != Decision::Accepted) {
      throw std::runtime_error("the engine refuses an order that every limit allows");
    }
    engine_.apply(order_event_of(core::EventType::Done, number_, t_ = t_ + step));
    return after - before;
  }

private:
  static constexpr DurationNs step{500};
  static constexpr std::uint64_t orders_a_day = 800'000;

  // Orders that are done are forgotten with the session after theirs.
  void start_next_day() {
    orders_today_ = 0;
    t_ = t_ + milliseconds(86'400'000);
    engine_.apply(event_at(t_, core::EventType::Clock));
  }

  core::Engine engine_;
  TimeNs t_{1'800'000'000'000'000'000};
  std::uint64_t number_ = 0, orders_today_ = 0;
};

// The least that 20 limits can cost: value <= max, one after the other, in memory that lies in a row.
class BareLimits {
public:
  static constexpr std::uint64_t repeats = 64;  // one walk is shorter than what a stamp can tell

  // Ticks of `repeats` walks.
  std::uint64_t walk() {
    const std::uint64_t before = ticks_before();
    for (std::uint64_t i = 0; i < repeats; ++i) {
      bool all = true;
      for (const Record& record : records_) all &= record.value <= record.max;
      asm volatile("" : : "r"(all), "r"(records_.data()) : "memory");  // each walk counts, and reads memory anew
    }
    return ticks_after() - before;
  }

private:
  struct Record {
    int128 value, max;
  };
  std::array<Record, 20> records_ = [] {
    std::array<Record, 20> records;
    for (std::size_t k = 0; k < records.size(); ++k) {
      records[k] = {static_cast<int128>(k) * unit, static_cast<int128>(1'000'000) * unit};
    }
    return records;
  }();
};

}  // namespace bulwark::bench
