// SPDX-License-Identifier: Apache-2.0
// The risk engine: apply(event) -> outcome, a pure function of its state and the event.
// No clock (time is in the event), no I/O, no threads; no allocation and no exception once constructed.
// `bulwark simulate`, the sidecar's hot loop, recovery and the tests all run this one class.
#pragma once

#include <cstdint>
#include <span>

#include "core/event.h"
#include "core/rules.h"

namespace bulwark::core {

class Engine {
 public:
  // Applies one event. An error means that it was refused whole: nothing has changed, not even the time.
  // The outcome (verdict, lines) is valid until the next call.
  EventError apply(const Event& event) noexcept;

  bool has_verdict() const;  // exactly for Intent and Replace
  const Verdict& verdict() const;
  std::span<const Line> lines() const;

  // Takes over new rules at a point between two events, keeping positions, orders, states and windows (reload). Cold.
  void adopt(const Rules& rules);
};

}  // namespace bulwark::core
