// SPDX-License-Identifier: Apache-2.0
// The risk engine: apply(event) -> outcome, a pure function of its state and the event.
// No clock (time is in the event), no I/O, no threads; no allocation and no exception once constructed.
// `bulwark simulate`, the sidecar's hot loop, recovery and the tests all run this one class.
//
// The way of an event: admissible? (engine_admit.cpp) -> time passes (engine.cpp) -> it is carried out: orders are
// judged and accepted (engine_orders.cpp, judge.cpp), reports move the book (engine_reports.cpp), wishes change states
// (engine_control.cpp) -> what it touched is reviewed: warnings, breaches, latches (engine_review.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/capacity.h"
#include "core/event.h"
#include "core/flow.h"
#include "core/judge.h"
#include "core/largest_move.h"
#include "core/level.h"
#include "core/limits.h"
#include "core/liquidation.h"
#include "core/market_state.h"
#include "core/orders.h"
#include "core/price_moves.h"
#include "core/risk_book.h"
#include "core/rules.h"
#include "core/session.h"
#include "core/stale_marks.h"
#include "core/states.h"

namespace bulwark::core {

class StateReader;
class StateWriter;
class Engine {
public:
  // Throws std::length_error where the rules ask for more than can be held.
  explicit Engine(const Rules& rules, Capacity capacity = {});
  // As the one was that saved itself, under the same rules (core/state/engine.cpp). Throws StateError. Cold.
  Engine(const Rules& rules, Capacity capacity, StateReader& saved);
  void save(StateWriter& words) const;

  // Applies one event. An error means that it was refused whole: nothing has changed, not even the time.
  // The outcome (verdict, lines) is valid until the next call.
  EventError apply(const Event& event) noexcept {
    const EventError error = decide(event);
    conclude();
    return error;
  }
  // The same in two halves, for whoever waits for a verdict: it is given after the first; the second reserves what was
  // accepted and reviews what the event touched. To be called in turn; `event` has to last until the second.
  EventError decide(const Event& event) noexcept;
  void conclude() noexcept;

  bool has_verdict() const { return has_verdict_; }  // exactly for Intent and Replace
  const Verdict& verdict() const { return verdict_; }
  // Every limit that objected, in the order in which verdicts name them, and what else the verdict stands on.
  std::span<const Objection> objections() const;
  Basis basis() const;
  bool has_sized() const { return has_sized_; }  // exactly for Size
  const Sized& sized() const { return sized_; }
  std::span<const Line> lines() const { return lines_; }
  // How many of the lines came of the passing of time, before the event itself.
  std::size_t lines_before_verdict() const { return lines_before_verdict_; }
  ClientIndex verdict_client() const { return verdict_party_.client; }

  // Has memory put in place for so many orders, and for what windows count: until then nobody meets a page fault. Cold.
  void populate(std::size_t orders) const;

  // Takes over new rules at a point between two events, keeping positions, orders, states and windows (reload). Cold.
  void adopt(const Rules& rules);
  void adopt(struct Adoption& adoption);  // the same with what was made ready: the hot loop's way

  const Names& names() const { return names_; }
  const Orders& orders() const { return orders_; }
  const Book& book() const { return book_; }
  const Limits& limits() const { return limits_; }
  const RiskBook& risk() const { return risk_; }
  const Market& market() const { return market_; }
  const MarketState& market_state() const { return market_state_; }
  const std::vector<Latch>& latches() const { return latches_; }
  AccountIndex default_account(StrategyIndex strategy) const { return default_accounts_[at(strategy)]; }
  CurrencyIndex currency_of_pair(std::string_view pair) const;  // "EUR/USD" with base USD, of a currency in use
  bool is_pair(std::string_view text) const;                    // CCY/BASE, of whatever currency
  TimeNs now() const { return now_; }
  bool started() const { return now_.ns != INT64_MIN; }                          // some event has been applied
  std::span<const std::uint32_t> touched_rows() const { return touched_rows_; }  // by the last event, for the board

  // Every limit from the kind exposure up to `last` with its value, sorted as the contract's snapshot. Cold.
  std::vector<Reading> readings(Kind last = Kind::State);
  Value shown_max(std::uint32_t limit, std::size_t slot) const;
  // What makes a dynamic limit smaller in a scope; and of the limit that the verdict names, as it was judged.
  Shrinking shrinking(std::uint32_t limit, const Scope& on) const;
  const Shrinking& verdict_shrinking() const { return verdict_shrinking_; }
  // Symbols with a position or a working order whose mark is missing or stale at `t`. Cold.
  std::vector<SymbolIndex> stale_symbols(TimeNs t) const;

private:
  friend class Judge;
  friend class Sizer;  // engine_size.cpp
  friend class Errands;
  friend struct EngineState;  // state/engine.cpp

  // engine.cpp
  void pass_time(TimeNs t);
  void end_override(const CompiledLimit& limit, std::size_t place);
  void find_next_override_end();
  void configure(const Rules& rules, RiskModel& model);
  void configure_market(const Rules& rules);
  void apply_mark(const MarkEvent& mark, TimeNs t);
  void apply_rate(const MarkEvent& mark, TimeNs t);
  void apply_size(const SizeEvent& size);

  // engine_admit.cpp: would this event be an error? Judged as of its own time, and nothing is changed.
  EventError admissible(const Event& event) const;
  EventError admissible_fill(const FillEvent& fill, std::uint32_t session) const;
  EventError admissible_control(const ControlEvent& control, TimeNs t, bool rolls) const;
  bool still_breached(const Scope& on, TimeNs t, bool rolls) const;

  // engine_orders.cpp
  void apply_intent(const IntentEvent& intent);
  void apply_replace(const ReplaceEvent& replace);
  Party known_party(const IntentEvent& intent) const;
  void complete(Candidate& candidate) const;
  void count_message(const Party& party);
  Refusal refused_by_gate(const Party& party, Gate gate) const;
  const Latch* latched(const Party& party, State state) const;
  Reason unknown_name(const Party& party) const;
  Refusal refused_by_rule(const Candidate& candidate) const;
  void refuse(const Refusal& refusal);
  void refuse_by_limits(Judge& judge, Resize wish);
  Objection objection(const Judge& judge, std::uint32_t limit, const Value& value) const;
  std::int64_t locate_needed(const Candidate& candidate, std::int64_t quantity) const;
  void take_locate(const Candidate& candidate, std::int64_t quantity, Order& order);
  void enter_flow(const Candidate& candidate, int128 notional);
  void count_open(const Order& order, int sign);
  void accept(const Acceptance& accepted);
  void accept(const Judge& judge, const ReplaceEvent& replace, OrderIndex index);

  // engine_reports.cpp
  void apply_fill(const FillEvent& fill);
  void fill_unknown(const FillEvent& fill);
  void remember(OrderIndex index, const Id& exec_id);
  void book_fill(std::size_t row, Side side, ClientIndex client, const FillEvent& fill);
  void apply_done(const OrderEvent& done);
  void apply_ack(const OrderEvent& ack);
  void apply_cancel(const OrderEvent& cancel);
  void promote(OrderIndex index);
  void settle_reservation(OrderIndex index, std::int64_t before);
  void finish(OrderIndex index);
  void ask_to_cancel_excess(const Party& party);
  void tell_stray_fill(const Id& id, ClientIndex client, std::string_view why);
  void link(OrderIndex index);
  void unlink(OrderIndex index);
  WorkingList& working(const Order& order) { return working_[book_.pair_index(order.account, order.symbol)]; }
  std::size_t row_of(const Order& order) const { return book_.row_index(order.account, order.strategy, order.symbol); }
  Party party_of(const Order& order) const {
    return {order.symbol, market_.symbols[at(order.symbol)].sector, order.account, order.strategy, order.client};
  }
  Party party_of(const Owner& owner) const {
    return {owner.symbol, market_.symbols[at(owner.symbol)].sector, owner.account, owner.strategy, ClientIndex::None};
  }

  // engine_control.cpp
  void apply_control(const ControlEvent& control, TimeNs t);
  void apply_equity(const EquityEvent& equity);
  void resume(const ControlEvent& control);
  void resume_to_reduce_only(const Scope& on);
  void start_anew(const Scope& on);
  void set_override(const ControlEvent& control);
  void latch(const Scope& on, State state, std::string_view cause);
  void tell_state(const Scope& on, State state, std::string_view cause);

  // engine_breakers.cpp
  void carry_breakers(const PriceMoves& old_moves, const MarketState& old_state);
  void advance_breakers();
  void touch_counted();
  void touch_moved(SymbolIndex symbol);
  void follow_mark(SymbolIndex symbol, Price previous);
  void follow_squares(SymbolIndex symbol);
  Level moved_level(const CompiledLimit& limit, SymbolIndex symbol) const;
  void count_stale_symbol(SymbolIndex symbol);
  void count_stale_row(std::size_t row);
  void count_refusal(const Party& party);
  void know_scopes(const Party& party);
  void count_execution(const Party& party, Side side);
  void tell_repetition(LineType type, const BrokenRepetition& broken, std::uint32_t count);
  void restart_repetitions(const Scope& on);

  // engine_scale.cpp
  std::int64_t smallest_factor(const Scope& on) const;
  Sentence cause_of(const Factor& factor) const;
  void add_factor(const Factor& factor);
  // Is everything in `inner` in `outer` too? A symbol is in its sector.
  bool lies_inside(const Scope& outer, Scope inner) const;
  int128 scaled(const CompiledLimit& limit, const Slot& slot) const;
  void end_factor(Factor::Source source, std::size_t key);
  void set_stage(const Scope& on, Stage stage);
  void carry_factors();
  void review_factor(std::uint32_t limit, std::size_t slot);
  void review_factors();
  void review_market();

  // engine_liquidation.cpp
  void liquidate(const Scope& on, std::int64_t to, std::string_view cause, LimitIndex by);
  void keep_shares(std::uint8_t liquidation);
  void ask_to_cancel_all(const Scope& on, std::string_view cause);
  void count_waiting(Liquidation& liquidation);
  void leave_liquidations(OrderIndex index);
  void advance_liquidations();
  void list_round(const Scope& on);
  void send_round(std::size_t liquidation);
  std::int64_t to_be_reduced(std::size_t liquidation, std::uint32_t row) const;
  Price liquidation_price(const Symbol& symbol, Side side) const;
  void send_order(std::size_t liquidation, std::uint32_t row, std::int64_t quantity);
  void call_off_liquidations(const Scope& on);
  OrderIndex undelivered(const Id& id) const;
  void apply_deliver(const OrderEvent& deliver);

  // engine_review.cpp: after the event, what do the limits say?
  void touch_row(std::size_t row);
  void touch_crossing(std::size_t row);
  void touch_told(std::size_t row, const Party& party);
  void touch_slot(std::uint32_t limit, std::size_t slot);
  void touch_everything();
  void review();
  void review_slot(std::uint32_t limit, std::size_t slot);
  Level level(const CompiledLimit& limit, const Slot& slot) const;
  Level breaker_level(const CompiledLimit& limit, const Slot& slot) const;
  void act(const CompiledLimit& limit, const Scope& on);
  // The equity that a limit divides by (no account: of all); 0 where it is unknown or not positive.
  int128 divisor(AccountIndex account) const;
  // What a limit of more than one symbol adds up.
  const Total& total_of(const CompiledLimit& limit, std::size_t group, SectorIndex sector) const {
    return limit.reach == Reach::All ? book_.totals_all[at(limit.view)][group]
                                     : book_.totals_sector[at(limit.view)][group * book_.sector_count + at(sector)];
  }
  void touch_live(std::uint32_t limit);
  void touch_dividing();
  void add_line(const Line& line);
  void give_up(std::string_view cause);
  void halt_for_failure();

  // engine_model.cpp
  static int128 estimated(const CompiledLimit& limit, double measure);
  bool lacks_model(Metric metric, const RiskPlace& place, bool touches) const;
  Level model_level(const CompiledLimit& limit, const Slot& slot) const;
  bool stays_below_warning(const CompiledLimit& limit, const Slot& slot) const;
  void touch_correlated();
  void order_lines();
  bool row_counts(std::size_t row) const;
  int compare_scopes(const Scope& a, const Scope& b) const;
  Value shown(const CompiledLimit& limit, const Level& level) const;

  Names names_;
  Capacity capacity_;
  Market market_;
  Book book_;
  Orders orders_;
  Table<WorkingList> working_;  // by account and symbol
  Limits limits_;
  RiskBook risk_;
  Flow flow_;
  PriceMoves moves_;
  std::vector<LargestMove> largest_moves_;  // by CompiledLimit::moves_index
  MarketState market_state_;
  StaleMarks stale_marks_;
  SessionClock session_;
  std::vector<AccountIndex> default_accounts_;
  std::vector<std::optional<std::int64_t>> risk_budgets_;  // by strategy
  Sizing sizing_;
  std::vector<Latch> latches_;  // in the order in which they were first latched
  std::vector<Factor> factors_;
  bool factors_changed_ = false, risk_moved_ = false, market_moved_ = false, follows_time_ = false;
  Liquidations liquidations_;
  std::optional<LiquidationPlan> liquidation_plan_;
  CurrencyIndex base_ = CurrencyIndex::None;
  TimeNs now_{INT64_MIN}, next_session_{INT64_MIN}, next_override_end_{INT64_MAX};
  Verdict verdict_{};
  Party verdict_party_{};
  Acceptance accepted_{};
  Shrinking verdict_shrinking_{};
  bool decided_ = false, has_verdict_ = false, has_sized_ = false;  // decided: something is to be concluded
  Sized sized_{};
  std::size_t lines_before_verdict_ = 0;
  static constexpr std::size_t lines_max = 2'000'000;
  std::vector<Line> lines_;
  Sentence failure_{};  // a table was full: why everything halts after this event
  using Touched = Flow::Changed;
  std::vector<Touched> touched_, acting_;
  std::vector<Touched> crossing_;  // limits that the order judged last may bring across a level
  std::vector<std::uint32_t> objecting_, touched_rows_;
  std::vector<Objection> objections_;         // of the order that limits refused last
  std::vector<std::uint64_t> touched_stamp_;  // by slot: the event that touched it last
  std::uint64_t stamp_ = 1, profit_moves_reviewed_ = 0;
};

}  // namespace bulwark::core
