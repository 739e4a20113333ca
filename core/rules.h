// SPDX-License-Identifier: Apache-2.0
// What the engine judges by, as plain data: made by the configuration reader, the tests, or read back from the journal.
// Names are text here; the engine turns them into indices once, when it takes the rules over.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model_rules.h"
#include "shm/units.h"
#include "shm/words.h"

namespace bulwark::core {

// One line of the instruments file.
struct Instrument {
  std::string symbol, sector, currency;  // sector may be empty; currency never
  std::int64_t multiplier = unit;        // raw decimal, positive, at most `decimal_raw_max`
  Price tick_size{unit / 100};
  Quantity lot_size{unit};
  Quantity adv{0};  // average daily volume; 0: not known
  friend bool operator==(const Instrument&, const Instrument&) = default;
};

struct Account {
  std::string name;
  Money equity{0};  // at the start of the first session
  friend bool operator==(const Account&, const Account&) = default;
};

struct Strategy {
  std::string name, account;                  // account empty: no default
  std::optional<std::int64_t> risk_budget{};  // raw decimal: a share of the portfolio's VaR limit
  friend bool operator==(const Strategy&, const Strategy&) = default;
};

struct FxRate {
  std::string currency;
  std::int64_t rate = 0;  // raw decimal, positive: units of base currency for one unit
  friend bool operator==(const FxRate&, const FxRate&) = default;
};

// Keys of `on`, as in the configuration: empty: not named; "*": each one separately.
struct On {
  std::string symbol{}, sector{}, account{}, strategy{}, client{};
  friend bool operator==(const On&, const On&) = default;
};

struct Limit {
  std::string name;
  On on;
  Metric metric = Metric::None;
  int128 max = 0;                  // raw decimal of whatever the metric counts
  std::int64_t warn = 80'000'000;  // raw decimal: a share of max
  Action action = Action::Reject;
  DurationNs window{0};         // of the metrics that need one
  bool dynamic = false;         // its max shrinks by the factors of limits that scale
  std::int64_t factor = unit;   // raw decimal, of `scale`
  std::int64_t to = 0;          // raw decimal, of `liquidate`: the share of its positions that a scope keeps
  std::int64_t confidence = 0;  // raw decimal, of var and es; 0: the model's
  friend bool operator==(const Limit&, const Limit&) = default;
};

struct Locate {
  std::string symbol;
  Quantity units{0};
  friend bool operator==(const Locate&, const Locate&) = default;
};

// When daily limits start anew: a time of day in a zone, the zone given as its offsets from UTC.
struct ZoneOffset {
  std::int64_t from_s = 0;    // seconds since the epoch, UTC, from which it holds; ascending, the first far in the past
  std::int64_t offset_s = 0;  // local time less UTC
  friend bool operator==(const ZoneOffset&, const ZoneOffset&) = default;
};
struct Session {
  std::int64_t start_of_day_s = 0;
  std::vector<ZoneOffset> zone{{INT64_MIN / 2'000'000'000, 0}};
  friend bool operator==(const Session&, const Session&) = default;
};

// What a `size` works with, raw decimals; what is not given constrains nothing.
struct Sizing {
  std::optional<std::int64_t> kelly_fraction, volatility_target, max_fraction;
  friend bool operator==(const Sizing&, const Sizing&) = default;
};

// How a liquidation sends its orders; without a plan all at once. Shares are raw decimals.
struct LiquidationPlan {
  std::int64_t participation = 0;      // of the instrument's adv, at most so much in one order; 0: any quantity
  std::optional<std::int64_t> collar;  // how far from the reference its price may be; none: the market's slippage
  DurationNs interval = milliseconds(60'000);  // between one round of orders and the next
  friend bool operator==(const LiquidationPlan&, const LiquidationPlan&) = default;
};

// How sizes and dynamic limits follow the state of the market. Raw decimals.
struct Dynamic {
  struct Step {
    std::int64_t above, factor;
    friend bool operator==(const Step&, const Step&) = default;
  };
  std::array<std::vector<Step>, market_input_names.size()> ladders;  // by MarketInput, the lowest step first
  std::int64_t floor = unit / 4, hysteresis = unit / 10;
  DurationNs window = milliseconds(600'000);  // of the volatility
  DurationNs regime_stale_after = milliseconds(5 * 86'400'000LL);
  friend bool operator==(const Dynamic&, const Dynamic&) = default;
};

struct Rules {
  std::string base_currency = "USD";
  Session session;
  DurationNs stale_after = milliseconds(5000);
  std::int64_t market_slippage = 0;  // raw decimal, a share of the price
  std::vector<Instrument> instruments;
  std::vector<FxRate> fx;
  std::vector<Account> accounts;
  std::vector<Strategy> strategies;
  std::vector<Limit> limits;  // in the order of the file
  std::vector<std::string> restricted;
  bool locate_required = false;  // [locate] is present
  std::vector<Locate> locates;
  Sizing sizing;
  std::optional<LiquidationPlan> liquidation;
  std::optional<Dynamic> dynamic;
  std::optional<Model> model;
  friend bool operator==(const Rules&, const Rules&) = default;
};

}  // namespace bulwark::core
