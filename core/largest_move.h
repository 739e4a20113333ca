// SPDX-License-Identifier: Apache-2.0
// Which symbol of a sector, or of all, has moved the most: a tree of winners. When one symbol moves, one path from its
// leaf to the root is played again, however many symbols there are.
#pragma once

#include <algorithm>
#include <vector>

#include "core/level.h"

namespace bulwark::core {

class LargestMove {
public:
  // Symbols stand beside those of their sector, so that a sector is a range of leaves. Cold.
  void lay_out(const Market& market, std::size_t sector_count) {
    const std::size_t count = market.symbols.size();
    std::vector<std::uint32_t> order(count);
    for (std::uint32_t k = 0; k < count; ++k) order[k] = k;
    const auto sector = [&](std::uint32_t k) { return at(market.symbols[k].sector); };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return sector(a) < sector(b); });
    leaf_of_.resize(count);
    ranges_.assign(sector_count, {0, 0});
    for (std::uint32_t leaf = 0; leaf < count; ++leaf) {
      leaf_of_[order[leaf]] = leaf;
      Range& range = ranges_[sector(order[leaf])];
      if (range.end == 0) range.begin = leaf;
      range.end = leaf + 1;
    }
    ranges_[0] = {0, static_cast<std::uint32_t>(count)};  // no sector is named: all of them
    levels_.assign(count, Level{0, unit, true});
    winners_.resize(2 * count);
    for (std::uint32_t leaf = 0; leaf < count; ++leaf) winners_[count + leaf] = leaf;
    for (std::size_t k = count - 1; k > 0; --k) winners_[k] = winner(winners_[2 * k], winners_[2 * k + 1]);
  }

  void set(SymbolIndex symbol, const Level& level) {
    const std::uint32_t leaf = leaf_of_[at(symbol)];
    levels_[leaf] = level;
    for (std::size_t k = (levels_.size() + leaf) / 2; k > 0; k /= 2) {
      winners_[k] = winner(winners_[2 * k], winners_[2 * k + 1]);
    }
  }

  Level of(SectorIndex sector) const {
    const Range& range = ranges_[at(sector)];
    std::uint32_t best = range.begin;
    std::size_t low = range.begin + levels_.size(), high = range.end + levels_.size();
    for (; low < high; low /= 2, high /= 2) {
      if (low % 2 != 0) best = winner(best, winners_[low++]);
      if (high % 2 != 0) best = winner(best, winners_[--high]);
    }
    return levels_[best];
  }

private:
  friend struct LargestMoveState;

  struct Range {
    std::uint32_t begin, end;  // of leaves
  };
  // What is not known may be larger than anything.
  std::uint32_t winner(std::uint32_t a, std::uint32_t b) const {
    const Level &x = levels_[a], &y = levels_[b];
    if (!x.known || !y.known) return x.known ? b : a;
    return product_less_equal(y.value, x.divisor, x.value, y.divisor) ? a : b;
  }

  std::vector<std::uint32_t> leaf_of_;  // by symbol
  std::vector<Range> ranges_;           // by sector
  std::vector<Level> levels_;           // by leaf
  std::vector<std::uint32_t> winners_;  // node k stands over 2k and 2k + 1; the leaves come last
};

}  // namespace bulwark::core
