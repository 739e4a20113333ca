// SPDX-License-Identifier: Apache-2.0
// How often each strategy has traded one symbol on one side within a window, by the scopes of each `repeated_execution`
// limit. Passing the limit is kept until a named person resumes, whatever leaves the window.
#pragma once

#include <utility>
#include <vector>

#include "core/limits.h"
#include "core/table.h"

namespace bulwark::core {

struct Repetition {
  std::uint32_t count;
  std::uint32_t broken;  // the count that passed max; 0: none did
  std::uint64_t since;   // fills before this one of the log count no more
};

// One that broke: what its latch is about.
struct BrokenRepetition {
  std::uint32_t limit, slot;
  std::size_t place;
  Scope on;  // the limit's scope, strategy and symbol
};

class Repetitions {
public:
  static constexpr std::size_t count_max = 64'000'000, broken_max = 65'536;

  // False: there are too many scopes. Cold.
  bool lay_out(Limits& limits, std::size_t strategy_count, std::size_t symbol_count) {
    strategy_count_ = strategy_count;
    symbol_count_ = symbol_count;
    std::size_t size = 0;
    for (CompiledLimit& limit : limits.all) {
      if (limit.metric != Metric::RepeatedExecution) continue;
      limit.repetition_base = static_cast<std::uint32_t>(size);
      size += std::size_t{limit.slot_count} * strategy_count * symbol_count * 2;
    }
    if (size > count_max) return false;
    counts_ = Table<Repetition>(size);
    broken_.reserve(size < broken_max ? size : broken_max);
    return true;
  }
  std::size_t place(const CompiledLimit& limit, std::size_t slot, const Party& party, Side side) const {
    const std::size_t scope = (slot - limit.slot_base) * strategy_count_ + at(party.strategy);
    return limit.repetition_base + (scope * symbol_count_ + at(party.symbol)) * 2 + (side == Side::Buy ? 0 : 1);
  }
  Repetition& operator[](std::size_t place) { return counts_[place]; }
  const Repetition& operator[](std::size_t place) const { return counts_[place]; }

  // A fill has passed max: from now on until a resume. Without room the next fill tries again, and take_lost() says so.
  void break_at(std::uint32_t limit, std::size_t slot, std::size_t place, const Scope& on) {
    if (broken_.size() == broken_.capacity()) {
      lost_ = true;
      return;
    }
    counts_[place].broken = counts_[place].count;
    broken_.push_back({limit, static_cast<std::uint32_t>(slot), place, on});
  }
  // Those that broke after so many had, have not. Cold.
  void mend_from(std::size_t known) {
    for (std::size_t k = known; k < broken_.size(); ++k) counts_[broken_[k].place].broken = 0;
    broken_.erase(broken_.begin() + static_cast<std::ptrdiff_t>(known), broken_.end());
  }
  // What a slot of another layout no longer counts. Cold.
  void carry_since(const Repetitions& old, const CompiledLimit& from, std::size_t from_slot, const CompiledLimit& to,
                   std::size_t to_slot) {
    for (std::size_t strategy = 1; strategy < old.strategy_count_; ++strategy) {
      for (std::size_t symbol = 1; symbol < old.symbol_count_; ++symbol) {
        for (const Side side : {Side::Buy, Side::Sell}) {
          const Party party{SymbolIndex(symbol), SectorIndex::None, AccountIndex::None, StrategyIndex(strategy),
                            ClientIndex::None};
          counts_[place(to, to_slot, party, side)].since = old.counts_[old.place(from, from_slot, party, side)].since;
        }
      }
    }
  }
  bool take_lost() { return std::exchange(lost_, false); }
  std::vector<BrokenRepetition>& broken() { return broken_; }
  const std::vector<BrokenRepetition>& broken() const { return broken_; }

private:
  friend struct FlowState;

  std::size_t strategy_count_ = 0, symbol_count_ = 0;
  Table<Repetition> counts_;
  std::vector<BrokenRepetition> broken_;
  bool lost_ = false;
};

}  // namespace bulwark::core
