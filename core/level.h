// SPDX-License-Identifier: Apache-2.0
// What a limit of the kinds exposure, model, state or breaker says of one of its scopes, and how far that is from being
// told.
#pragma once

#include "core/limits.h"

namespace bulwark::core {

struct Level {
  int128 value, divisor;  // of a fraction; else the divisor is 1.0
  bool known;
};

inline bool above(const CompiledLimit& limit, const Level& level, int128 max) {
  if (limit.value_kind != ValueKind::Fraction) return level.value > max;
  return level.value > 0 && !product_less_equal(level.value, unit, max, level.divisor);
}
inline bool reaches_warning(const CompiledLimit& limit, const Level& level, const Slot& slot) {
  if (limit.value_kind != ValueKind::Fraction) return level.value >= slot.warn_from;
  return product_less_equal(slot.warn_from, level.divisor, level.value, static_cast<int128>(unit) * unit);
}

// How much may be added to a level (money, of a position units) without reaching a warning: a lower bound, and 0
// where nothing is known. A slot keeps it: orders take from it, a review of the slot sets it anew. Whatever else
// raises a level, or lowers what a limit divides by, has its slots reviewed.
inline std::int64_t room(const CompiledLimit& limit, const Level& level, const Slot& slot) {
  if (!level.known || slot.told()) return 0;
  int128 warns_from = slot.warn_from;
  if (limit.value_kind == ValueKind::Fraction) {
    const int128 share = slot.warn_from / unit;
    if (share > INT64_MAX || level.divisor > INT64_MAX) return 0;
    warns_from = share * level.divisor / unit;
  }
  const int128 room = warns_from - 1 - level.value;
  return room <= 0 ? 0 : room > INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(room);
}

}  // namespace bulwark::core
