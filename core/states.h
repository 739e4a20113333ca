// SPDX-License-Identifier: Apache-2.0
// What is in force beyond the limits: who may not trade freely, and what is made smaller.
#pragma once

#include "core/event.h"

namespace bulwark::core {

// A scope that may not trade freely, until a named person ends it.
struct Latch {
  Scope on;
  State state;
  Sentence cause;
};

// What shrinks the dynamic limits inside a scope, and sizes.
struct Factor {
  enum class Source : std::uint8_t { Limit, Repetition, Stage, Market };
  Scope on;
  std::int64_t factor;  // raw decimal
  Source source;
  std::size_t key;  // the slot, or the place of the repetition
};

// What a factor makes of a dynamic limit: the smallest that holds in its scope, and why.
struct Shrinking {
  std::int64_t factor = unit;  // raw decimal
  Sentence cause{};
};

inline constexpr std::size_t held_factors_max = 65'536;

}  // namespace bulwark::core
