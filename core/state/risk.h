// SPDX-License-Identifier: Apache-2.0
// The saved state of the risk book: sums of doubles depend on the way that they were come by, bit for bit. The model
// itself follows from the rules.
#pragma once

#include <bit>

#include "core/risk_book.h"
#include "core/state/words.h"

namespace bulwark::core {

struct RiskState {
  static_assert(sizeof(RiskBook) == 688 && sizeof(RiskTotals) == 48, "a new member: is it saved, or does it follow?");

  template <class Words>
  static void carry(Words& words, auto& risk) {
    for (std::size_t v = 0; v < view_count; ++v) {
      auto& held = risk.held_[v];
      words.same(held.size());
      carry_places(
          words, held.size(), [&](std::size_t k) { return !is_zero(held[k]); }, [&](std::size_t k) { words(held[k]); });
      carry_sums(words, risk.all_[v], risk.model_.columns());
      carry_sums(words, risk.sectors_[v], risk.model_.columns());
    }
    words(risk.drift_, risk.alarm_);
  }

private:
  static bool is_zero(double number) { return std::bit_cast<std::uint64_t>(number) == 0; }  // what -0.0 is not

  template <class Words>
  static void carry_sums(Words& words, auto& sums, std::size_t columns) {
    words.same(sums.columns.size());
    const auto in_use = [&](std::size_t scope) {
      const RiskTotals& totals = sums.totals[scope];
      bool used = totals.held != 0 || totals.without_estimate != 0 || totals.without_move != 0 || totals.changes != 0;
      for (const double sum : {totals.variance, totals.residual, totals.own_residual, totals.peak})
        used = used || !is_zero(sum);
      for (std::size_t k = scope * columns; k < (scope + 1) * columns; ++k) used = used || !is_zero(sums.columns[k]);
      return used;
    };
    carry_places(words, sums.totals.size(), in_use, [&](std::size_t scope) {
      auto& totals = sums.totals[scope];
      words(totals.variance, totals.residual, totals.own_residual, totals.held, totals.without_estimate,
            totals.without_move, totals.changes, totals.peak);
      for (std::size_t k = scope * columns; k < (scope + 1) * columns; ++k) words(sums.columns[k]);
    });
  }
};

}  // namespace bulwark::core
