// SPDX-License-Identifier: Apache-2.0
// Random rules and random events, both from a seed, with the corners where engines err: ids used twice, sizes and
// prices off the grid, late, repeated, too large and unknown fills, replaces that cross reports, stale marks, new
// sessions, stops and resumes in every scope.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "core/event.h"
#include "core/metric.h"
#include "core/rules.h"

namespace bulwark::test {

class Random {
public:
  explicit Random(std::uint64_t seed) : random_(seed * 0x9e3779b97f4a7c15ULL + 1) {}
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n)); }
  std::int64_t between(std::int64_t low, std::int64_t high) { return low + below(high - low + 1); }
  bool chance(std::int64_t in_thousand) { return below(1'000) < in_thousand; }
  template <class T>
  const T& one_of(const std::vector<T>& list) {
    return list[static_cast<std::size_t>(below(static_cast<std::int64_t>(list.size())))];
  }

private:
  std::mt19937_64 random_;
};

struct Shape {
  int symbols, accounts, strategies, limits;
};

inline std::string numbered(const char* what, int number) {
  const std::string digits = std::to_string(number);
  return what + std::string(3 - digits.size(), '0') + digits;  // sorted as text and as numbers alike
}

// Limits over all kinds and scopes, of sizes that orders come up against. `scale` grows with the number of symbols.
inline core::Limit random_limit(Random& random, int number, const Shape& shape) {
  struct Kind {
    Metric metric;
    std::int64_t typical;
  };
  static const Kind kinds[] = {{Metric::Position, 120},    {Metric::Gross, 12'000},        {Metric::Long, 9'000},
                               {Metric::Short, 7'000},     {Metric::Net, 9'000},           {Metric::Leverage, 2},
                               {Metric::Concentration, 1}, {Metric::OrderNotional, 6'000}, {Metric::OrderQuantity, 60},
                               {Metric::PriceCollar, 0},   {Metric::AdvShare, 0},          {Metric::SelfTrade, 0},
                               {Metric::OrderRate, 5},     {Metric::MessageRate, 15},      {Metric::Turnover, 8'000},
                               {Metric::Duplicate, 1},     {Metric::OpenOrders, 12},       {Metric::DailyLoss, 3'000},
                               {Metric::Drawdown, 0}};
  const Kind& kind = kinds[static_cast<std::size_t>(number) % std::size(kinds)];
  core::Limit limit;
  limit.name = numbered("limit-", number);
  limit.metric = kind.metric;
  const bool state = core::kind_of(kind.metric) == core::Kind::State;
  const auto some = [&](const char* what, int count) {
    return random.chance(400) ? std::string("*") : numbered(what, static_cast<int>(random.between(1, count)));
  };
  std::int64_t wide = shape.symbols * shape.accounts / 2;  // how much more a scope holds than one symbol of an account
  if (kind.metric != Metric::Drawdown && random.chance(450)) limit.on.symbol = some("S", shape.symbols), wide = 2;
  else if (kind.metric != Metric::Drawdown && random.chance(250)) limit.on.sector = some("sector-", 3), wide /= 3;
  if (random.chance(500)) limit.on.account = some("A", shape.accounts), wide /= shape.accounts;
  if (kind.metric != Metric::Drawdown && random.chance(250)) limit.on.strategy = some("strategy-", shape.strategies);
  limit.max = static_cast<int128>(kind.typical) * unit / 4 * random.between(2, 12);
  const bool adds_up = kind.metric >= Metric::Long && kind.metric <= Metric::Net;
  if (adds_up) limit.max *= std::max<std::int64_t>(wide, 1);
  if (kind.typical == 0) limit.max = kind.metric == Metric::SelfTrade ? 0 : random.between(1, 12) * unit / 100;
  if (kind.metric == Metric::Duplicate) limit.max = random.between(1, 3) * unit;
  if (core::needs_window(kind.metric)) limit.window = milliseconds(random.between(50, 1'000));
  const std::vector<Action> usual{Action::Reject, Action::Reject, Action::Resize, Action::Alert};
  limit.action = random.one_of(usual);
  if (state) limit.action = random.one_of(std::vector<Action>{Action::ReduceOnly, Action::Halt, Action::Reject});
  else if (random.chance(30)) limit.action = random.chance(500) ? Action::ReduceOnly : Action::Halt;
  return limit;
}

inline core::Rules random_rules(std::uint64_t seed, const Shape& shape) {
  Random random(seed ^ 0x72756c6573ULL);
  core::Rules rules;
  for (int k = 1; k <= shape.symbols; ++k) {
    core::Instrument instrument;
    instrument.symbol = numbered("S", k);
    if (k % 4 != 0) instrument.sector = numbered("sector-", k % 4);
    instrument.currency = k % 5 == 0 ? "EUR" : k % 7 == 0 ? "JPY" : "USD";
    if (k % 6 == 0) instrument.multiplier = 3 * unit / 2;
    if (k % 3 == 0) instrument.lot_size = {5 * unit};
    if (k % 8 != 0) instrument.adv = {4'000 * unit};
    rules.instruments.push_back(instrument);
  }
  if (random.chance(800)) rules.fx = {{"EUR", unit + unit / 12}};  // JPY waits for its first mark
  for (int k = 1; k <= shape.accounts; ++k)
    rules.accounts.push_back({numbered("A", k), {static_cast<int128>(random.between(5, 100)) * 1'000 * unit}});
  for (int k = 1; k <= shape.strategies; ++k)
    rules.strategies.push_back({numbered("strategy-", k), numbered("A", (k - 1) % shape.accounts + 1)});
  for (int k = 0; k < shape.limits; ++k) rules.limits.push_back(random_limit(random, k, shape));
  rules.market_slippage = random.below(3) * unit / 100;
  rules.stale_after = milliseconds(std::max(3'000, shape.symbols * 200));
  rules.session.start_of_day_s = random.below(86'400);
  if (random.chance(300)) rules.restricted = {"S002"};
  rules.locate_required = random.chance(300);
  for (int k = 1; k <= shape.symbols; k += 2) rules.locates.push_back({numbered("S", k), {random.below(1'000) * unit}});
  return rules;
}

// Events of a day that does not end.
class Traffic {
public:
  Traffic(std::uint64_t seed, const core::Rules& rules) : random_(seed), rules_(rules) {}

  static constexpr int client_count = 3;
  core::Event client(int number) const {
    core::Event result = event(core::EventType::Client);
    result.client.name = Name::from(numbered("c", number));
    return result;
  }
  core::Event next();
  void set_time(TimeNs t) { t_ = t; }
  // What became of the last event, so that later ones can be about it.
  void learn(const core::Event& event, const core::Verdict& verdict);
  core::Event event(core::EventType type) const {
    core::Event result{};
    result.t = t_;
    result.type = type;
    return result;
  }
  core::Event mark(std::uint32_t symbol);

private:
  struct Known {
    Id id;
    ClientIndex client;
    std::int64_t quantity;
    bool replaced = false;  // waits for its ack
  };
  void pass_time();
  core::Event intent();
  core::Event replace();
  core::Event report();
  core::Event fill();
  core::Event unknown_fill();
  core::Event control();
  core::Event rate();
  Scope scope();
  Known known();
  Id fresh() { return Id::from("o" + std::to_string(++count_)); }
  std::int64_t price() {  // around 100, seldom far from it, on the tick
    const std::int64_t width = random_.chance(800) ? 200 : 1'200;
    return (10'000 + random_.between(-width, width)) * (unit / 100);
  }
  template <class Index, class List>
  Index one_of(const List& list) {
    return Index(random_.between(1, static_cast<std::int64_t>(list.size())));
  }

  Random random_;
  const core::Rules& rules_;
  TimeNs t_{1'700'000'000'000'000'000};
  std::uint64_t count_ = 0;
  std::vector<Known> working_, past_;
  core::IntentEvent last_{};
};

inline void Traffic::pass_time() {
  t_.ns += random_.below(20) * 1'000'000;
  if (random_.chance(2)) t_.ns += random_.between(1, 8) * 1'000'000'000;
  if (random_.below(10'000) == 0) t_.ns += random_.between(1, 30) * 3'600'000'000'000;
}

inline core::Event Traffic::next() {
  pass_time();
  const std::int64_t kind = random_.below(1'000);
  if (kind < 260) return mark(static_cast<std::uint32_t>(random_.between(1, std::ssize(rules_.instruments))));
  if (kind < 270) return rate();
  if (kind < 620) return intent();
  if (kind < 680) return replace();
  if (kind < 840) return fill();
  if (kind < 845) return unknown_fill();
  if (kind < 985) return report();
  if (kind < 990) return event(core::EventType::Clock);
  return control();
}

inline void Traffic::learn(const core::Event& event, const core::Verdict& verdict) {
  if (verdict.decision == Decision::Rejected) return;
  const bool replace = event.type == core::EventType::Replace;
  const Id& id = replace ? event.replace.new_id : event.intent.id;
  working_.push_back({id, replace ? ClientIndex::None : event.intent.client, verdict.quantity.raw, replace});
  if (working_.size() > 80) working_.erase(working_.begin());
}

// Mostly an order that works; else one of the past, or one that nobody has heard of.
inline Traffic::Known Traffic::known() {
  if (!working_.empty() && random_.chance(900)) return random_.one_of(working_);
  if (!past_.empty() && random_.chance(900)) return random_.one_of(past_);
  return {Id::from("never"), ClientIndex{1}, unit};
}

inline core::Event Traffic::mark(std::uint32_t symbol) {
  core::Event result = event(core::EventType::Mark);
  result.mark = {};
  result.mark.symbol = symbol;
  const std::int64_t last = price();
  if (random_.chance(500)) result.mark.bid = {last - random_.below(3)}, result.mark.ask = {last + random_.below(5)};
  else result.mark.last = {last};
  if (random_.chance(5)) result.mark.bid = {-1};
  if (random_.chance(5)) result.mark.symbol = 9'999;
  return result;
}

inline core::Event Traffic::rate() {
  core::Event result = event(core::EventType::Rate);
  result.mark = {};
  result.mark.symbol = static_cast<std::uint32_t>(random_.between(2, 3));
  const bool there = std::any_of(rules_.instruments.begin(), rules_.instruments.end(),
                                 [](const auto& one) { return one.currency == "JPY"; });
  if (!there) result.mark.symbol = 2;
  result.mark.last = {random_.between(50, 150) * unit / 100 + random_.below(7)};
  return result;
}

inline core::Event Traffic::intent() {
  core::Event result = event(core::EventType::Intent);
  core::IntentEvent& intent = result.intent = {};
  intent.symbol = one_of<SymbolIndex>(rules_.instruments);
  intent.strategy = one_of<StrategyIndex>(rules_.strategies);
  intent.account = AccountIndex((at(intent.strategy) - 1) % rules_.accounts.size() + 1);
  if (random_.chance(50)) intent.account = AccountIndex(at(intent.account) % rules_.accounts.size() + 1);
  intent.client = ClientIndex(random_.between(1, client_count));
  intent.side = random_.chance(500) ? Side::Buy : Side::Sell;
  intent.gate = core::Gate::Open;
  intent.resize = static_cast<Resize>(random_.below(3));
  intent.reduce_only = random_.chance(150);
  intent.market = random_.chance(150);
  const std::int64_t lot = rules_.instruments[at(intent.symbol) - 1].lot_size.raw;
  intent.quantity = {random_.between(1, 20) * lot};
  intent.price = {intent.market ? 0 : price()};
  intent.id = fresh();
  if (random_.chance(40)) intent.id = known().id;
  if (random_.chance(60) && at(last_.symbol) != 0) {  // the same again
    const Id id = intent.id;
    intent = last_;
    intent.id = id;
  }
  last_ = intent;
  switch (random_.below(300)) {  // now and then something is wrong with it
    case 0: intent.quantity = {-lot}; break;
    case 1: intent.quantity.raw += 1; break;
    case 2: intent.price.raw += intent.market ? 0 : 1; break;
    case 3: intent.symbol = SymbolIndex{4'000'000'000}; break;
    case 4: intent.account = AccountIndex::None; break;
    case 5: intent.strategy = StrategyIndex{60'000}; break;
    case 6: intent.gate = static_cast<core::Gate>(random_.below(5)); break;
    case 7: intent.quantity = {0}; break;
    default: break;
  }
  return result;
}

inline core::Event Traffic::replace() {
  core::Event result = event(core::EventType::Replace);
  const Known order = known();
  result.replace = {};
  result.replace.gate = core::Gate::Open;
  result.replace.id = order.id;
  result.replace.client = random_.chance(500) ? order.client : ClientIndex::None;
  result.replace.keep_price = random_.chance(300);
  result.replace.quantity = {order.quantity + random_.between(-5, 5) * 5 * unit};
  if (!result.replace.keep_price) result.replace.price = {price()};
  result.replace.new_id = random_.chance(950) ? fresh() : known().id;
  return result;
}

inline core::Event Traffic::report() {
  const Known order = known();
  const std::int64_t kind = random_.below(100);
  core::Event result = event(kind < 55   ? core::EventType::Done
                             : kind < 85 ? core::EventType::Ack
                                         : core::EventType::Cancel);
  result.order = {};
  result.order.id = order.id;
  result.order.client = random_.chance(500) ? order.client : ClientIndex::None;
  if (result.type != core::EventType::Done) return result;
  result.order.why = random_.chance(300) ? DoneWhy::Rejected : DoneWhy::Canceled;
  std::erase_if(working_, [&](const Known& one) { return one.id == order.id; });
  past_.push_back(order);
  if (past_.size() > 40) past_.erase(past_.begin());
  return result;
}

inline core::Event Traffic::fill() {
  core::Event result = event(core::EventType::Fill);
  const Known order = known();
  result.fill = {};
  result.fill.id = order.id;
  result.fill.client = random_.chance(500) ? order.client : ClientIndex::None;
  result.fill.exec_id = Id::from("e" + std::to_string(random_.below(12)));
  result.fill.quantity = {random_.chance(400) ? order.quantity : random_.between(1, 40) * unit / 2};
  result.fill.price = {price() + random_.below(3)};
  result.fill.fee_low = static_cast<std::uint64_t>(random_.below(2 * unit));
  if (random_.chance(5)) result.fill.quantity = {0};
  return result;
}

inline core::Event Traffic::unknown_fill() {
  core::Event result = fill();
  result.fill.id = fresh();
  result.fill.client = random_.chance(500) ? ClientIndex{1} : ClientIndex::None;
  result.fill.symbol = one_of<SymbolIndex>(rules_.instruments);
  if (random_.chance(800)) result.fill.strategy = one_of<StrategyIndex>(rules_.strategies);
  const std::size_t strategy = at(result.fill.strategy);
  result.fill.account = AccountIndex((strategy == 0 ? 0 : strategy - 1) % rules_.accounts.size() + 1);
  if (random_.chance(900)) result.fill.side = random_.chance(500) ? Side::Buy : Side::Sell;
  return result;
}

inline Scope Traffic::scope() {
  Scope on{};
  if (random_.chance(300)) on.symbol = one_of<SymbolIndex>(rules_.instruments);
  if (random_.chance(500)) on.account = one_of<AccountIndex>(rules_.accounts);
  if (random_.chance(200)) on.strategy = one_of<StrategyIndex>(rules_.strategies);
  if (random_.chance(50)) on.client = ClientIndex(random_.between(1, client_count));
  return on;
}

inline core::Event Traffic::control() {
  if (random_.chance(150)) {
    core::Event deposit = event(core::EventType::Equity);
    deposit.equity = {};
    deposit.equity.account = one_of<AccountIndex>(rules_.accounts);
    const int128 amount = static_cast<int128>(random_.between(-5'000, 8'000)) * unit;
    deposit.equity.amount_low = static_cast<std::uint64_t>(amount);
    deposit.equity.amount_high = static_cast<std::uint64_t>(static_cast<uint128>(amount) >> 64);
    return deposit;
  }
  core::Event result = event(core::EventType::Control);
  core::ControlEvent& control = result.control = {};
  const std::int64_t kind = random_.below(100);
  control.command = kind < 7    ? core::Command::Halt
                    : kind < 15 ? core::Command::ReduceOnly
                    : kind < 80 ? core::Command::Resume
                                : core::Command::Override;
  control.on = scope();
  if (control.command == core::Command::Resume && random_.chance(700)) control.on = {};
  control.new_baseline = control.command == core::Command::Resume && random_.chance(400);
  if (random_.chance(950)) control.operator_name = Name::from("mira");
  control.reason = Sentence::from("reason " + std::to_string(random_.below(100)));
  if (control.command == core::Command::Override) {
    const std::size_t place = static_cast<std::size_t>(random_.below(std::ssize(rules_.limits)));
    control.whole_limit = true;
    control.on = {};
    control.limit = LimitIndex(place + 1);
    const auto max = static_cast<uint128>(rules_.limits[place].max * random_.between(1, 8) / 4);
    control.max_low = static_cast<std::uint64_t>(max);
    control.max_high = static_cast<std::uint64_t>(max >> 64);
    control.until = {t_.ns + random_.between(-1, 20) * 1'000'000'000};
  }
  return result;
}

}  // namespace bulwark::test
