// SPDX-License-Identifier: Apache-2.0
// The state of the market in a few numbers, and how much smaller sizes and dynamic limits are for it. Each number
// climbs a ladder of its own, and comes down only well below the step that it stands on; one that is not known stays
// where it is, and the others go on. What all of them come to has a floor. One mark changes one symbol's share of each
// number: the cost does not depend on how many symbols there are.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "core/event.h"
#include "core/level.h"
#include "core/rules.h"

namespace bulwark::core {

class MarketState {
public:
  // Cold. `symbol_count` counts index 0.
  void configure(const std::optional<Dynamic>& dynamic, const RiskModel& model, std::size_t symbol_count);
  // Takes over the spreads, and where each ladder stood that is still the same ladder. Cold.
  void carry(const MarketState& old);

  bool used() const { return dynamic_.has_value(); }
  DurationNs window() const { return follows(MarketInput::Volatility) ? dynamic_->window : DurationNs{0}; }
  bool follows(MarketInput input) const { return used() && !dynamic_->ladders[at(input)].empty(); }

  void set_spread(SymbolIndex symbol, Price bid, Price ask);  // 0: the mark has none
  void set_squares(SymbolIndex symbol, uint128 squares, DailyVariance usual);
  void set_drawdown(const Level& drawdown) { drawdown_ = drawdown; }
  // Nothing is known of the volatility: as if it were as large as can be.
  void set_blind(bool blind) { blind_ = blind; }
  // A regime that was seen too long ago says nothing.
  void set_time(TimeNs now) { regime_.known = now.ns < regime_until_.ns; }

  // Climbs and comes down. Calls stepped(input, level, factor before, factor now) for each input that did either.
  template <class Stepped>
  void review(Stepped stepped) {
    for (std::size_t k = 0; k < market_input_names.size(); ++k) {
      const std::vector<Dynamic::Step>& ladder = dynamic_->ladders[k];
      const Level now = level(MarketInput(k));
      if (ladder.empty() || !now.known) continue;
      const std::size_t before = climbed_[k];
      climbed_[k] = place_on(ladder, before, now);
      if (climbed_[k] != before) stepped(MarketInput(k), now, factor_at(k, before), factor_at(k, climbed_[k]));
    }
  }
  std::int64_t factor() const;
  Sentence cause() const;        // the inputs that stand on a step
  std::uint64_t inputs() const;  // the same: bit k is that of market_input_names[k]

private:
  friend struct MarketStateState;

  Level level(MarketInput input) const;
  std::size_t place_on(const std::vector<Dynamic::Step>& ladder, std::size_t climbed, const Level& now) const;
  std::int64_t factor_at(std::size_t input, std::size_t climbed) const {
    return climbed == 0 ? unit : dynamic_->ladders[input][climbed - 1].factor;
  }

  struct Share {  // of one symbol in the sums
    int128 spread, squares;
    bool has_spread, has_squares;
  };
  struct Mean {
    int128 sum;
    std::int64_t count;
    void change(bool& has, int128& share, bool has_now, int128 now) {
      sum += (has_now ? now : 0) - (has ? share : 0);
      count += (has_now ? 1 : 0) - (has ? 1 : 0);
      has = has_now;
      share = now;
    }
  };
  std::optional<Dynamic> dynamic_;
  std::vector<Share> shares_;  // by symbol
  Mean spread_{}, squares_{};
  Level correlation_{}, drawdown_{}, regime_{};
  TimeNs regime_until_{};  // 0: there is none
  bool blind_ = false;
  std::array<std::size_t, market_input_names.size()> climbed_{};
};

}  // namespace bulwark::core
