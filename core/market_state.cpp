// SPDX-License-Identifier: Apache-2.0
#include "core/market_state.h"

#include <algorithm>

#include "core/spike.h"

namespace bulwark::core {

static constexpr int128 precise = static_cast<int128>(unit) * unit;

void MarketState::configure(const std::optional<Dynamic>& dynamic, const RiskModel& model, std::size_t symbol_count) {
  dynamic_ = dynamic;
  if (!used()) return;
  shares_.assign(symbol_count, Share{});
  correlation_ = average_correlation(model, symbol_count);
  if (!model.regime()) return;
  regime_ = {to_raw(model.regime()->probability), unit, false};
  regime_until_ = model.regime()->seen + dynamic_->regime_stale_after;
}

void MarketState::carry(const MarketState& old) {
  if (!used() || !old.used()) return;
  for (std::size_t k = 0; k < climbed_.size(); ++k) {
    if (dynamic_->ladders[k] == old.dynamic_->ladders[k]) climbed_[k] = old.climbed_[k];
  }
  for (std::size_t k = 0; k < old.shares_.size(); ++k) {  // an index keeps its meaning
    spread_.change(shares_[k].has_spread, shares_[k].spread, old.shares_[k].has_spread, old.shares_[k].spread);
  }
}

void MarketState::set_spread(SymbolIndex symbol, Price bid, Price ask) {
  const bool two_sided = bid.raw > 0;
  const std::int64_t wide = ask.raw > bid.raw ? ask.raw - bid.raw : 0;
  const int128 share = two_sided ? divide_rounded(wide * precise, reference_of(bid, ask, {0}).raw) : 0;
  spread_.change(shares_[at(symbol)].has_spread, shares_[at(symbol)].spread, two_sided, share);
}

void MarketState::set_squares(SymbolIndex symbol, uint128 squares, DailyVariance usual) {
  const bool known = usual.value > 0;
  const int128 ratio = known ? variance_ratio(squares, dynamic_->window, usual) : 0;
  squares_.change(shares_[at(symbol)].has_squares, shares_[at(symbol)].squares, known, ratio);
}

Level MarketState::level(MarketInput input) const {
  switch (input) {
    case MarketInput::Volatility:
      if (blind_) return {INT64_MAX, 1, true};
      return squares_.count == 0 ? Level{} : root_of_mean(squares_.sum, squares_.count);
    case MarketInput::Correlation: return correlation_;
    case MarketInput::Spread: return {spread_.sum, spread_.count * precise, spread_.count != 0};
    case MarketInput::Drawdown: return drawdown_;
    case MarketInput::Regime: return regime_;
  }
  return {};
}

std::size_t MarketState::place_on(const std::vector<Dynamic::Step>& ladder, std::size_t climbed,
                                  const Level& now) const {
  const auto at_most = [&](int128 max) {
    return now.value <= 0 || product_less_equal(now.value, unit, max, now.divisor);
  };
  while (climbed < ladder.size() && !at_most(ladder[climbed].above)) ++climbed;
  while (climbed > 0 && at_most(round8(ladder[climbed - 1].above, unit - dynamic_->hysteresis))) --climbed;
  return climbed;
}

Sentence MarketState::cause() const {
  Sentence cause{};
  for (std::size_t k = 0; k < climbed_.size(); ++k) {
    if (climbed_[k] == 0) continue;
    for (const std::string_view part : {std::string_view(cause.size == 0 ? "" : ", "), market_input_names[k]}) {
      std::copy(part.begin(), part.end(), cause.bytes + cause.size);
      cause.size = static_cast<std::uint8_t>(cause.size + part.size());
    }
  }
  return cause;
}

std::uint64_t MarketState::inputs() const {
  std::uint64_t bits = 0;
  for (std::size_t k = 0; k < climbed_.size(); ++k) bits |= std::uint64_t{climbed_[k] != 0} << k;
  return bits;
}

std::int64_t MarketState::factor() const {
  std::int64_t factor = unit;
  for (std::size_t k = 0; k < climbed_.size(); ++k) {
    factor = static_cast<std::int64_t>(round8(factor, factor_at(k, climbed_[k])));
  }
  return std::max(factor, dynamic_->floor);
}

}  // namespace bulwark::core
