// SPDX-License-Identifier: Apache-2.0
// One order before the limits: which of them object to a quantity of it. The gate, resizing and sizing all ask here.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/event.h"
#include "core/flow.h"
#include "core/limits.h"
#include "core/text_index.h"

namespace bulwark::core {

class Engine;

// What is asked for: an intent, or a replace of an order.
struct Candidate {
  Party party;
  std::size_t row;
  const Symbol* symbol;
  Side side;
  bool market, replace, reduce_only;
  bool sized;             // nobody has sent it: what a `size` asks about
  std::int64_t quantity;  // judged: of a replace its new remainder
  std::int64_t total;     // as asked: of a replace the new total
  std::int64_t price;
  std::int64_t held;       // what the replaced order holds reserved now; 0 for an intent
  std::int64_t reducible;  // the largest quantity that only reduces

  bool reduces(std::int64_t q) const { return q <= reducible; }
};

// Why an order is refused before any limit is asked.
struct Refusal {
  Reason reason = Reason::None;
  bool has_on = false;
  Scope on{};
};

// An intent that was accepted, and is yet to be taken into the book.
struct Acceptance {
  bool pending;
  Candidate candidate;
  TextIndex::Probe id;
  int128 turnover;
};

// The largest multiple of the lot, at most so much, that passes; 0: none. What only reduces is judged more gently than
// what does not, and within each of the two ranges a larger quantity never passes where a smaller one is refused: two
// searches by halves.
template <class Passes>
std::int64_t largest_passing(const Candidate& candidate, std::int64_t at_most, Passes passes) {
  const std::int64_t lot = candidate.symbol->lot_size;
  const auto search = [&](std::int64_t low, std::int64_t high) {  // in lots, inclusive
    std::int64_t best = 0;
    while (low <= high) {
      const std::int64_t middle = low + (high - low) / 2;
      if (passes(middle * lot)) best = middle, low = middle + 1;
      else high = middle - 1;
    }
    return best * lot;
  };
  const std::int64_t most = at_most / lot;
  const std::int64_t reducing = candidate.reducible <= 0 ? 0 : candidate.reducible / lot;
  const std::int64_t beyond = search(reducing + 1, most);
  return beyond != 0 ? beyond : search(1, reducing < most ? reducing : most);
}

class Judge {
public:
  // Preconditions: the candidate's row and symbol are known. Uses the engine's lists: one judge at a time.
  Judge(Engine& engine, const Candidate& candidate);

  // Does any limit object to this quantity? Stops at the first.
  bool passes(std::int64_t quantity);
  // Every limit that objects, in the order in which a verdict names them.
  std::span<const std::uint32_t> objections(std::int64_t quantity);

  // How the limit judged the quantity asked about last: what a verdict reports.
  struct Finding {
    Reason reason;  // Limit, NoMark, NoFx; None: it does not object
    Value value;
  };
  Finding finding(std::uint32_t limit);
  int128 notional(std::int64_t quantity) const;  // of order_notional and turnover
  // What a quantity of it adds to `turnover`: nothing where it has no value.
  int128 turnover(std::int64_t quantity) const;
  // Would a limit of these numbers, which no configuration has, let this quantity pass?
  bool keeps(const CompiledLimit& limit, const Slot& slot, std::int64_t quantity);
  const Candidate& candidate() const { return candidate_; }

private:
  // A view's cell of the candidate's symbol, and what the order would add to it: what exposure limits start from.
  struct Ahead {
    const Cell* cell;
    std::size_t group;
    std::int64_t longest, shortest;  // after the order
    Worth now, moved;
  };
  struct Measure {
    int128 value;
    int128 divisor;  // of a fraction; 0: there is none, or it is not positive
    Reason cannot;   // None; NoMark, NoFx: it cannot be evaluated; Limit: an input of its own is missing
  };
  void begin(std::int64_t quantity);
  void look_ahead();
  bool walk(std::int64_t quantity, bool to_the_end);
  bool objects(std::uint32_t position, std::size_t slot);
  bool exposure_objects(std::uint32_t position, std::size_t slot);
  void give_room(const CompiledLimit& limit, std::size_t slot);
  std::size_t slot_of(const Limits::Step& step) const {
    if (step.star == Star::Several) [[unlikely]]
      return limits_[step.limit].slot_of(candidate_.party);
    return step.slot_base + keys_[static_cast<std::size_t>(step.star)];
  }
  bool concerns(const CompiledLimit& limit) const;
  bool is_above(const CompiledLimit& limit, const Slot& slot, const Measure& m) const;
  Measure measure(const CompiledLimit& limit, const Slot& slot);
  std::uint32_t duplicates(const CompiledLimit& limit) const;
  std::uint32_t repeated(const CompiledLimit& limit) const;
  Measure measure_exposure(const CompiledLimit& limit);
  Measure measure_state(const CompiledLimit& limit, const Slot& slot);
  // judge_model.cpp
  struct Around {  // the order, as a limit of the kind model measures it
    int128 before, after;
    Reason cannot;  // as in Measure
  };
  Around around(const CompiledLimit& limit) const;
  Measure measure_model(const CompiledLimit& limit) const;
  Measure measure_model(const CompiledLimit& limit, const Around& around) const;
  bool raises_above(const CompiledLimit& limit, const Slot& slot) const;
  static int128 exposure(const CompiledLimit& limit, const Worth& base, const Worth& moved);
  const Worth& base_of(const CompiledLimit& limit, const Ahead& ahead) const;
  int128 exposure_before(const CompiledLimit& limit) const;
  int128 self_trades() const;
  std::int64_t order_price() const;

  Engine& engine_;
  const Candidate& candidate_;
  const CompiledLimit* const limits_;
  Slot* const slots_;
  std::array<std::uint32_t, 6> keys_;      // by Star: 0, then the party's
  std::int64_t quantity_ = 0, added_ = 0;  // judged, and added to the worst case
  int128 notional_ = 0;
  struct Asked {
    std::int64_t room, takes;
  };
  std::array<Asked, asks_count> asked_;  // by Asks: of the quantity
  bool reduces_ = false, looked_ahead_ = false;
  Reason unvalued_;                      // NoMark, NoFx: the symbol has no value
  std::array<Ahead, view_count> ahead_;  // of the views that the candidate's limits read
};

}  // namespace bulwark::core
