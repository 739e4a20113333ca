// SPDX-License-Identifier: Apache-2.0
// One order before the limits: which of them object to a quantity of it. The gate, resizing and sizing all ask here.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/event.h"
#include "core/flow.h"
#include "core/limits.h"

namespace bulwark::core {

class Engine;

// What is asked for: an intent, or a replace of an order.
struct Candidate {
  Party party;
  std::size_t row;
  const Symbol* symbol;
  Side side;
  bool market, replace, reduce_only;
  std::int64_t quantity;  // judged: of a replace its new remainder
  std::int64_t total;     // as asked: of a replace the new total
  std::int64_t price;
  std::int64_t held;       // what the replaced order holds reserved now; 0 for an intent
  std::int64_t reducible;  // the largest quantity that only reduces

  bool reduces(std::int64_t q) const { return q <= reducible; }
};

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
  const Candidate& candidate() const { return candidate_; }
  int128 notional(std::int64_t quantity) const;  // of order_notional and turnover

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
  bool objects(const Limits::Step& step);
  bool exposure_objects(std::uint32_t position, std::size_t slot_index);
  std::size_t slot_of(const Limits::Step& step) const {
    return step.each_any ? limits_[step.limit].slot_of(candidate_.party) : step.slot_base;
  }
  bool concerns(const CompiledLimit& limit) const;
  bool is_above(const CompiledLimit& limit, const Slot& slot, const Measure& m) const;
  Measure measure(const CompiledLimit& limit, const Slot& slot);
  std::uint32_t duplicates(const CompiledLimit& limit) const;
  std::uint32_t repeated(const CompiledLimit& limit) const;
  Measure measure_exposure(const CompiledLimit& limit);
  Measure measure_state(const CompiledLimit& limit, const Slot& slot);
  static int128 exposure(const CompiledLimit& limit, const Worth& base, const Worth& moved);
  const Worth& base_of(const CompiledLimit& limit, const Ahead& ahead) const;
  int128 exposure_before(const CompiledLimit& limit) const;
  int128 self_trades() const;
  std::int64_t order_price() const;

  Engine& engine_;
  const Candidate& candidate_;
  const CompiledLimit* const limits_;
  Slot* const slots_;
  std::int64_t quantity_ = 0;
  std::int64_t added_ = 0, added_value_max_ = 0;  // to the worst case: units, and at most so much money
  bool reduces_ = false, looked_ahead_ = false;
  Reason unvalued_;                      // NoMark, NoFx: the symbol has no value
  std::array<Ahead, view_count> ahead_;  // of the views that the candidate's limits read
};

}  // namespace bulwark::core
