// SPDX-License-Identifier: Apache-2.0
// Factors: while a limit that scales is passed, or after a resume at half, the limits marked dynamic inside its scope
// are smaller.
#include <algorithm>

#include "core/engine.h"

namespace bulwark::core {

std::int64_t Engine::smallest_factor(const Scope& on) const {
  std::int64_t smallest = unit;
  for (const Factor& factor : factors_) {
    if (lies_inside(factor.on, on)) smallest = std::min(smallest, factor.factor);
  }
  return smallest;
}

bool Engine::lies_inside(const Scope& outer, Scope inner) const {
  if (at(inner.sector) == 0) inner.sector = market_.symbols[at(inner.symbol)].sector;
  return contains(outer, inner);
}

int128 Engine::scaled(const CompiledLimit& limit, const Slot& slot) const {
  if (!limit.dynamic) return slot.base_max;
  const std::int64_t factor = smallest_factor(slot.on);
  return factor == unit ? slot.base_max : round8(slot.base_max, factor);
}

// The limit that scales, the inputs of the market's state that stand on a step, or how the scope was resumed.
Sentence Engine::cause_of(const Factor& factor) const {
  const auto named = [this](std::uint32_t limit) {
    return Sentence::from(names_.limits.name(limits_.all[limit].index));
  };
  if (factor.source == Factor::Source::Stage) return Sentence::from("resumed at half");
  if (factor.source == Factor::Source::Market) return market_state_.cause();
  if (factor.source == Factor::Source::Repetition) {
    for (const BrokenRepetition& broken : flow_.repetitions().broken()) {
      if (broken.place == factor.key) return named(broken.limit);
    }
  }
  for (const std::uint32_t k : limits_.scaling) {
    const CompiledLimit& limit = limits_.all[k];
    if (factor.key >= limit.slot_base && factor.key < limit.slot_base + limit.slot_count) return named(k);
  }
  return {};
}

Shrinking Engine::shrinking(std::uint32_t position, const Scope& on) const {
  Shrinking smallest;
  if (!limits_.all[position].dynamic) return smallest;
  for (const Factor& factor : factors_) {
    if (factor.factor > smallest.factor || !lies_inside(factor.on, on)) continue;
    const Sentence cause = cause_of(factor);
    if (factor.factor < smallest.factor || cause.view() < smallest.cause.view()) smallest = {factor.factor, cause};
  }
  return smallest;
}

void Engine::add_factor(const Factor& factor) {
  if (factors_.size() < factors_.capacity()) factors_.push_back(factor);
  else give_up("more factors hold than the engine keeps");
}

void Engine::end_factor(Factor::Source source, std::size_t key) {
  const std::size_t before = factors_.size();
  std::erase_if(factors_, [&](const Factor& factor) { return factor.source == source && factor.key == key; });
  factors_changed_ |= factors_.size() != before;
}

void Engine::set_stage(const Scope& on, Stage stage) {
  std::erase_if(factors_, [&](const Factor& factor) {
    return factor.source == Factor::Source::Stage && contains(on, factor.on);
  });
  if (stage == Stage::Half) add_factor({on, unit / 2, Factor::Source::Stage, 0});
  factors_changed_ = true;
}

// Does the factor of a limit that scales hold after this event? State limits and breakers: while above max; the others:
// from the order that was refused for it, until the value is at most max.
void Engine::review_factor(std::uint32_t position, std::size_t place) {
  const CompiledLimit& limit = limits_.all[position];
  Slot& slot = limits_.slots[place];
  const Level now = level(limit, slot);
  if (!now.known) return;
  const bool holds = above(limit, now, slot.max) && (limit.kind >= Kind::State || slot.scales || slot.set_off);
  slot.set_off = false;
  if (holds == slot.scales) return;
  slot.scales = holds;
  if (holds) add_factor({slot.on, limit.factor, Factor::Source::Limit, place});
  else end_factor(Factor::Source::Limit, place);
  factors_changed_ = true;
}

// After new rules: the factors that still hold, by where their limits stand now. Cold.
void Engine::carry_factors() {
  std::erase_if(factors_, [](const Factor& factor) { return factor.source != Factor::Source::Stage; });
  if (market_state_.used() && market_state_.factor() != unit)
    add_factor({Scope{}, market_state_.factor(), Factor::Source::Market, 0});
  for (const std::uint32_t k : limits_.scaling) {
    const CompiledLimit& limit = limits_.all[k];
    for (std::size_t place = limit.slot_base; place < limit.slot_base + limit.slot_count; ++place) {
      const Slot& slot = limits_.slots[place];
      if (slot.scales) add_factor({slot.on, limit.factor, Factor::Source::Limit, place});
    }
  }
  for (const BrokenRepetition& broken : flow_.repetitions().broken()) {
    const CompiledLimit& limit = limits_.all[broken.limit];
    if (limit.action != Action::Scale) continue;
    add_factor({broken.on, limit.factor, Factor::Source::Repetition, broken.place});
  }
  for (const CompiledLimit& limit : limits_.all) {
    for (std::size_t place = limit.slot_base; place < limit.slot_base + limit.slot_count; ++place) {
      limits_.set_max(limit, place, scaled(limit, limits_.slots[place]));
    }
  }
}

// The state of the market, and what it makes of sizes and of dynamic limits.
void Engine::review_market() {
  market_moved_ = false;
  const AccountState& all = book_.accounts[0];
  market_state_.set_drawdown({positive(all.peak - all.equity()), all.peak, all.rows_without_rate == 0 && all.peak > 0});
  market_state_.set_time(now_);
  market_state_.set_blind(market_state_.window().ns != 0 && moves_.blind(market_state_.window(), now_));
  const std::int64_t before = market_state_.factor();
  const std::size_t first = lines_.size();
  market_state_.review([&](MarketInput cause, const Level& level, std::int64_t from, std::int64_t to) {
    Line line{};
    line.type = LineType::Scale;
    line.value = Value::fraction(quotient(level.value, level.divisor));
    line.scaling = {cause, from, to, 0};
    add_line(line);
  });
  const std::int64_t factor = market_state_.factor();
  for (std::size_t k = first; k < lines_.size(); ++k) lines_[k].scaling.factor = factor;
  if (factor == before) return;
  end_factor(Factor::Source::Market, 0);
  if (factor != unit) add_factor({Scope{}, factor, Factor::Source::Market, 0});
  factors_changed_ = true;
}

// Before anything is told: which factors hold, and what that makes of the dynamic limits.
void Engine::review_factors() {
  if (!limits_.scaling.empty()) {
    for (std::size_t k = 0; k < touched_.size(); ++k) {
      if (limits_.all[touched_[k].limit].action == Action::Scale) review_factor(touched_[k].limit, touched_[k].slot);
    }
  }
  if (!factors_changed_) return;
  factors_changed_ = false;
  for (const std::uint32_t k : limits_.dynamics) {
    const CompiledLimit& limit = limits_.all[k];
    for (std::uint32_t place = limit.slot_base; place < limit.slot_base + limit.slot_count; ++place) {
      Slot& slot = limits_.slots[place];
      const int128 max = scaled(limit, slot);
      if (max == slot.max) continue;
      limits_.set_max(limit, place, max);
      if (limit.kind >= Kind::Exposure && (slot.live || limit.slot_count == 1)) touch_slot(k, place);
    }
  }
}

}  // namespace bulwark::core
