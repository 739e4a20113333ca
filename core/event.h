// SPDX-License-Identifier: Apache-2.0
// Everything that the engine consumes, and everything that it answers: plain data of fixed size, journaled as it is.
// An event names things by index; who made it (simulate, the hot loop, the journal) has looked the names up.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "core/rules.h"
#include "shm/units.h"
#include "shm/words.h"

namespace bulwark::core {

enum class EventType : std::uint8_t {
  None,
  Client,  // a name becomes a client index: the next free one
  Mark,
  Rate,  // a mark for CCY/BASE
  Intent,
  Replace,
  Ack,
  Cancel,
  Fill,
  Done,
  Equity,
  Control,
  Clock,
  Size,
  Deliver,  // an order of a liquidation goes to a client; to nobody: it is called off before anybody had it
};

// What the hot loop knows and the pure engine cannot: whether this instance may accept anything right now.
enum class Gate : std::uint8_t { Closed, Open, JournalFull, LeaseExpired, Halted };

enum class Command : std::uint8_t { None, Halt, ReduceOnly, Resume, Override, Liquidate };

using Stage = ResumeStage;

struct ClientEvent {
  Name name;
};

struct MarkEvent {  // also Rate, whose `symbol` is then the index of the currency
  std::uint32_t symbol;
  std::uint32_t spare;
  Price bid, ask, last;  // 0: absent
};

struct IntentEvent {
  SymbolIndex symbol;
  ClientIndex client;
  AccountIndex account;  // None: not known, or not given and the strategy has no default
  StrategyIndex strategy;
  Side side;
  Gate gate;
  Resize resize;
  bool reduce_only;
  bool market;  // no price
  std::uint8_t spare[1];
  Quantity quantity;
  Price price;
  Id id;
};

struct ReplaceEvent {
  ClientIndex client;  // None: not given
  Gate gate;
  bool keep_price;  // no price given
  std::uint8_t spare[4];
  Quantity quantity;  // the new total
  Price price;
  Id id, new_id;
};

struct OrderEvent {    // Ack, Cancel, Done, Deliver
  ClientIndex client;  // None: not given
  DoneWhy why;
  std::uint8_t spare[5];
  Id id;
};

struct FillEvent {
  ClientIndex client;    // None: not given
  AccountIndex account;  // the next four only matter for an unknown order
  StrategyIndex strategy;
  Side side;
  std::uint8_t spare;
  SymbolIndex symbol;
  std::uint32_t spare2;
  Quantity quantity;
  Price price;
  std::uint64_t fee_low, fee_high;  // Money, in the instrument's currency
  Id id, exec_id;
};

struct SizeEvent {  // raw decimals
  SymbolIndex symbol;
  ClientIndex client;    // None: not given
  AccountIndex account;  // as in IntentEvent
  StrategyIndex strategy;
  Side side;
  bool market;   // no price
  bool by_edge;  // `edge` and `horizon_days`; else `win_probability` and `payoff`
  std::uint8_t spare[3];
  Price price;
  std::int64_t edge, horizon_days, win_probability, payoff, confidence;
};

struct EquityEvent {
  AccountIndex account;
  std::uint8_t spare[6];
  std::uint64_t amount_low, amount_high;  // Money
};

struct ControlEvent {
  Command command;
  bool new_baseline;
  bool whole_limit;  // an override without `on`: every scope of the limit
  Stage stage;       // of a resume
  LimitIndex limit;  // of an override
  Scope on;
  std::uint64_t max_low, max_high;  // raw decimal, of an override
  TimeNs until;                     // of an override
  Name operator_name;               // may be empty for a stop
  Sentence reason;
};

struct Event {
  TimeNs t;
  EventType type;
  std::uint8_t spare[7];
  union {
    ClientEvent client;
    MarkEvent mark;
    IntentEvent intent;
    ReplaceEvent replace;
    OrderEvent order;
    FillEvent fill;
    EquityEvent equity;
    SizeEvent size;
    ControlEvent control;
  };
};
static_assert(std::is_trivially_copyable_v<Event> && std::is_standard_layout_v<Event>);
static_assert(std::has_unique_object_representations_v<IntentEvent>);
static_assert(std::has_unique_object_representations_v<ReplaceEvent>);
static_assert(std::has_unique_object_representations_v<OrderEvent>);
static_assert(std::has_unique_object_representations_v<FillEvent>);
static_assert(std::has_unique_object_representations_v<EquityEvent>);
static_assert(std::has_unique_object_representations_v<SizeEvent>);
static_assert(std::has_unique_object_representations_v<ControlEvent>);

constexpr int128 join(std::uint64_t low, std::uint64_t high) {
  return static_cast<int128>((static_cast<uint128>(high) << 64) | low);
}

// Why an event was refused whole (an `error` line): nothing changed, not even the time.
enum class EventError : std::uint8_t {
  None,
  TimeGoesBack,
  UnknownSymbol,
  BadMark,
  UnknownOrder,
  AmbiguousOrder,
  UnknownAccount,
  BadFill,
  FillNeedsMore,  // a fill of an unknown order without symbol, side and account
  TooLarge,
  NoRoom,
  NameNeeded,  // operator and reason
  UnknownLimit,
  UnknownScope,
  UntilPast,
  StillBreached,
  UnknownCommand,
};

struct Verdict {
  Decision decision;
  Reason reason;
  bool has_on;  // a limit or a latched scope objected: `on` says which
  std::uint8_t spare;
  LimitIndex limit;
  Scope on;
  Quantity quantity;  // allowed
  Value value, max;
};

// A limit that objected to the quantity that was asked for. (What the verdict names is the first of them.)
struct Objection {
  LimitIndex limit;
  Scope on;
  Value value, max;
};

// What an order was judged by, beside the limits' own numbers.
struct Basis {
  Price reference;      // of its symbol; 0: it had no mark
  TimeNs marked;        // when that was told
  std::uint64_t model;  // version of the risk model in force; 0: there was none
};

// What an order of a liquidation asks of the market.
struct OrderTerms {
  Side side;
  bool market;  // no price
  Quantity quantity;
  Price price;
};

// What a `size` came to.
struct Sized {
  static constexpr std::int64_t unconstrained = -1;  // not configured
  Quantity quantity;
  Constraint binding;
  std::array<std::int64_t, constraint_names.size()> constraints;  // each one's own quantity, raw
  friend bool operator==(const Sized&, const Sized&) = default;
};

enum class LineType : std::uint8_t {
  Warning,
  Breach,
  Cleared,
  State,
  CancelRequest,
  StrayFill,
  Liquidation,
  Scale,
  Alarm
};

// An input of the market's state has come to another step. Raw decimals.
struct Scaling {
  MarketInput cause;
  std::int64_t from, to;  // its own factor, before and now
  std::int64_t factor;    // what all inputs come to
};

// What else an event brought about, in the order in which it is told.
struct Line {
  LineType type;
  State state;
  ClientIndex client;
  LimitIndex limit;
  Scope on;
  Value value, max;
  Id id;                        // CancelRequest, StrayFill, Liquidation
  Sentence cause;               // State, CancelRequest, StrayFill, Liquidation, Alarm
  OrderTerms order;             // Liquidation; its symbol and account stand in `on`
  Scaling scaling;              // Scale
  std::uint32_t place, serial;  // only to bring lines into their order
  std::uint64_t age;            // of the order, likewise
};

}  // namespace bulwark::core
