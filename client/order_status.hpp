// SPDX-License-Identifier: Apache-2.0
// What became of an order, as the sidecar knows it: for whoever died, or waited in vain, before the verdict came.
#pragma once

#include <string_view>

#include "shm/lane_message.h"
#include "shm/units.h"

namespace bulwark {

struct OrderStatus {
  std::string_view state = "unknown";  // "working"; "done": nothing works any more; "unknown": none was accepted
                                       // under that id, or it was over before this session
  Quantity quantity{}, filled{}, remaining{};

  bool known() const { return state != "unknown"; }
};

namespace client {

inline OrderStatus status_of(const shm::Answer& answer) {
  if (answer.decision != Decision::Accepted) return {};
  const auto quantity = [](const Value& value) { return Quantity{static_cast<std::int64_t>(value.raw())}; };
  const Quantity remaining = quantity(answer.max);
  return {remaining.raw > 0 ? "working" : "done", answer.quantity, quantity(answer.value), remaining};
}

}  // namespace client
}  // namespace bulwark
