// SPDX-License-Identifier: Apache-2.0
// What limits say, every number made from the list of orders and rows at the moment of the question.
#include <algorithm>

#include "tests/simulation/naive.h"

namespace bulwark::naive {

using core::Kind;

bool within(const Scope& scope, const Party& party) {
  const auto fits = [](auto wanted, auto has) { return at(wanted) == 0 || wanted == has; };
  return fits(scope.symbol, party.symbol) && fits(scope.sector, party.sector) && fits(scope.account, party.account) &&
         fits(scope.strategy, party.strategy) && fits(scope.client, party.client);
}

bool Naive::covers(const Limit& limit, const Party& party) const {
  const auto known = [](bool each, auto index) { return !each || at(index) != 0; };
  return within(limit.named, party) && known(limit.each_symbol, party.symbol) &&
         known(limit.each_sector, party.sector) && known(limit.each_account, party.account) &&
         known(limit.each_strategy, party.strategy) && known(limit.each_client, party.client);
}

Scope Naive::scope_of(const Limit& limit, const Party& party) const {
  Scope on = limit.named;
  if (limit.each_symbol) on.symbol = party.symbol;
  if (limit.each_sector) on.sector = party.sector;
  if (limit.each_account) on.account = party.account;
  if (limit.each_strategy) on.strategy = party.strategy;
  if (limit.each_client) on.client = party.client;
  return on;
}

// Every scope that a limit of the kinds exposure and state may have.
std::vector<Scope> Naive::scopes_of(const Limit& limit) const {
  std::vector<Scope> scopes{limit.named};
  const auto spread = [&](bool each, std::size_t count, auto key) {
    if (!each) return;
    std::vector<Scope> more;
    for (const Scope& scope : scopes) {
      for (std::size_t k = 1; k <= count; ++k) {
        more.push_back(scope);
        key(more.back(), k);
      }
    }
    scopes = more;
  };
  spread(limit.each_account, rules_.accounts.size(), [](Scope& on, std::size_t k) { on.account = AccountIndex(k); });
  spread(limit.each_sector, sectors_.size(), [](Scope& on, std::size_t k) { on.sector = SectorIndex(k); });
  spread(limit.each_strategy, rules_.strategies.size(),
         [](Scope& on, std::size_t k) { on.strategy = StrategyIndex(k); });
  spread(limit.each_symbol, instruments_.size(), [](Scope& on, std::size_t k) { on.symbol = SymbolIndex(k); });
  return scopes;
}

int128 Naive::max_of(std::size_t limit, const Scope& on) const {
  const auto found = overrides_.find(key_of(limit, on));
  return found == overrides_.end() ? limits_[limit].rule.max : found->second.max;
}

std::int64_t Naive::price_of(const Ask& ask) const {
  if (!ask.market) return ask.price;
  const std::int64_t slip = ask.side == Side::Buy ? rules_.market_slippage : -rules_.market_slippage;
  return static_cast<std::int64_t>(round8(instrument(ask.party.symbol).reference, unit + slip));
}

int128 Naive::value(SymbolIndex symbol, int128 quantity, int128 price) const {
  const Instrument& of = instrument(symbol);
  return round8(round8(quantity, price), round8(of.rule.multiplier, currencies_[of.currency].rate));
}

int128 Naive::notional(const Ask& ask, std::int64_t quantity) const {
  return value(ask.party.symbol, quantity, std::max(price_of(ask), instrument(ask.party.symbol).reference));
}

int128 Naive::equity(AccountIndex account) const {
  int128 sum = 0;
  for (std::size_t k = 0; k < rules_.accounts.size(); ++k) {
    const AccountIndex one = AccountIndex(k + 1);
    if (account != AccountIndex::None && account != one) continue;
    const auto deposits = deposits_.find(one);
    sum += rules_.accounts[k].equity.raw + (deposits == deposits_.end() ? 0 : deposits->second);
  }
  for (const auto& [key, row] : rows_) {
    if (account == AccountIndex::None || account == std::get<0>(key)) sum += profit(std::get<2>(key), row);
  }
  return sum;
}

// Equity that a limit divides by; 0 where it is not known.
int128 Naive::divisor(AccountIndex account) const {
  for (const auto& [key, row] : rows_) {
    const bool inside = account == AccountIndex::None || account == std::get<0>(key);
    if (inside && !has_rate(instrument(std::get<2>(key)))) return 0;
  }
  return std::max<int128>(equity(account), 0);
}

std::map<SymbolIndex, Naive::Cell> Naive::cells(const Scope& on) const {
  std::map<SymbolIndex, Cell> result;
  for (const auto& [key, row] : rows_) {
    const auto& [account, strategy, symbol] = key;
    const Party party{symbol, instrument(symbol).sector, account, strategy, ClientIndex::None};
    if (row.position != 0 && within(on, party)) result[symbol].position += row.position;
  }
  for (const auto& [number, order] : orders_) {
    if (!within(on, order.party)) continue;
    Cell& cell = result[order.party.symbol];
    (order.side == Side::Buy ? cell.buys : cell.sells) += order.reserved();
  }
  return result;
}

Level Naive::worth(Metric metric, const std::map<SymbolIndex, Cell>& all) const {
  Level level;
  int128 longs = 0, shorts = 0, gross = 0, longest_sum = 0, shortest_sum = 0, units = 0;
  for (const auto& [symbol, cell] : all) {
    if (cell.position == 0 && cell.buys == 0 && cell.sells == 0) continue;
    const std::int64_t longest = cell.position + cell.buys, shortest = cell.position - cell.sells;
    units = std::max<int128>(units, std::max(std::abs(longest), std::abs(shortest)));
    const Instrument& of = instrument(symbol);
    if (of.marked == 0) level.cannot = Reason::NoMark;
    else if (!has_rate(of) && level.cannot == Reason::None) level.cannot = Reason::NoFx;
    const int128 up = value(symbol, longest, of.reference), down = value(symbol, shortest, of.reference);
    longs += std::max<int128>(up, 0);
    shorts += std::max<int128>(-down, 0);
    gross += std::max(std::max<int128>(up, 0), std::max<int128>(-down, 0));
    longest_sum += up;
    shortest_sum += down;
  }
  const auto size = [](int128 a) { return a < 0 ? -a : a; };
  switch (metric) {
    case Metric::Position: level.value = units, level.cannot = Reason::None; break;
    case Metric::Long: level.value = longs; break;
    case Metric::Short: level.value = shorts; break;
    case Metric::Net: level.value = std::max(size(longest_sum), size(shortest_sum)); break;
    default: level.value = gross;
  }
  return level;
}

Level Naive::of_exposure(const Limit& limit, const Scope& on, const Ask* ask, std::int64_t quantity) const {
  auto all = cells(on);
  if (ask != nullptr) {
    Cell& cell = all[ask->party.symbol];
    (ask->side == Side::Buy ? cell.buys : cell.sells) += std::max<std::int64_t>(quantity - ask->held, 0);
  }
  Level level = worth(limit.rule.metric, all);
  const bool divides = core::value_kind_of(limit.rule.metric) == ValueKind::Fraction;
  if (divides) level.divisor = divisor(on.account);
  return level;
}

Level Naive::of_order(const Limit& limit, const Ask& ask, std::int64_t quantity) const {
  const Instrument& of = instrument(ask.party.symbol);
  const Reason unvalued = of.marked == 0 ? Reason::NoMark : !has_rate(of) ? Reason::NoFx : Reason::None;
  switch (limit.rule.metric) {
    case Metric::OrderQuantity: return {quantity, unit, Reason::None};
    case Metric::OrderNotional: return {unvalued == Reason::None ? notional(ask, quantity) : int128{0}, unit, unvalued};
    case Metric::AdvShare: return {quantity, of.rule.adv.raw, of.rule.adv.raw > 0 ? Reason::None : Reason::Limit};
    case Metric::PriceCollar: {
      if (of.marked == 0) return {0, unit, Reason::NoMark};
      const int128 beyond = ask.side == Side::Buy ? price_of(ask) - of.reference : of.reference - price_of(ask);
      return {std::max<int128>(beyond, 0), of.reference, Reason::None};
    }
    default: break;
  }
  Level trades;  // self_trade
  for (const auto& [number, order] : orders_) {
    if (order.party.account != ask.party.account || order.party.symbol != ask.party.symbol || order.side == ask.side)
      continue;
    const auto meets = [&](bool market, std::int64_t price) {
      return market || ask.market || (ask.side == Side::Buy ? price <= ask.price : price >= ask.price);
    };
    const bool waiting_meets = order.waiting && meets(order.waiting->market, order.waiting->price);
    if (meets(order.market, order.price) || waiting_meets) trades.value += unit;
  }
  return trades;
}

Level Naive::of_flow(const Limit& limit, const Ask& ask, std::int64_t quantity) const {
  const Metric metric = limit.rule.metric;
  const Scope on = scope_of(limit, ask.party);
  Level level;
  if (metric == Metric::OpenOrders) {
    level.value = unit;
    for (const auto& [number, order] : orders_) level.value += within(on, order.party) ? unit : 0;
    return level;
  }
  if (metric == Metric::Turnover) level.value = notional(ask, quantity);
  else if (metric != Metric::MessageRate) level.value = unit;
  for (const Happening& one : metric == Metric::MessageRate ? messages_ : accepted_orders_) {
    if (one.t <= now_ - limit.rule.window.ns || !covers(limit, one.party) || !within(on, one.party)) continue;
    const bool same = !one.replace && one.party.client == ask.party.client && one.party.account == ask.party.account &&
                      one.party.symbol == ask.party.symbol && one.side == ask.side && one.quantity == ask.quantity &&
                      one.market == ask.market && (one.market || one.price == ask.price);
    if (metric == Metric::Duplicate && !same) continue;
    level.value += metric == Metric::Turnover ? one.notional : int128{unit};
  }
  return level;
}

Level Naive::of_state(const Limit& limit, const Scope& on) const {
  if (limit.rule.metric == Metric::Drawdown) {
    const int128 highest = peak(on.account), now = equity(on.account);
    bool known = highest > 0;
    for (const auto& [key, row] : rows_) {
      const bool inside = on.account == AccountIndex::None || on.account == std::get<0>(key);
      known = known && (!inside || has_rate(instrument(std::get<2>(key))));
    }
    return {std::max<int128>(highest - now, 0), highest, known ? Reason::None : Reason::Limit};
  }
  Level level;
  for (const auto& [key, row] : rows_) {
    const auto& [account, strategy, symbol] = key;
    if (within(on, {symbol, instrument(symbol).sector, account, strategy, ClientIndex::None}))
      level.value -= profit(symbol, row) - row.opening;
  }
  level.value = std::max<int128>(level.value, 0);
  return level;
}

namespace {

Value shown(Metric metric, const Level& level) {
  const ValueKind kind = core::value_kind_of(metric);
  if (level.cannot != Reason::None || level.divisor <= 0) return {ValueKind::Null, {}, 0, 0};
  if (kind != ValueKind::Fraction) return Value::of(kind, level.value);
  return Value::fraction(
      static_cast<double>(static_cast<long double>(level.value) / static_cast<long double>(level.divisor)));
}

bool above(Metric metric, const Level& level, int128 max) {
  if (core::value_kind_of(metric) != ValueKind::Fraction) return level.value > max;
  return level.value > 0 && level.value * unit > max * level.divisor;
}

}  // namespace

bool Naive::objects(std::size_t k, const Ask& ask, std::int64_t quantity, Objection& objection) const {
  const Limit& limit = limits_[k];
  const Metric metric = limit.rule.metric;
  const bool reduces = quantity <= ask.reducible;
  if (limit.rule.action == Action::Alert || !covers(limit, ask.party)) return false;
  if (reduces && limit.kind != Kind::Order && limit.kind != Kind::Exposure) return false;
  if (ask.replace && (metric == Metric::Duplicate || metric == Metric::OpenOrders)) return false;
  const Scope on = scope_of(limit, ask.party);
  Level level = limit.kind == Kind::Order      ? of_order(limit, ask, quantity)
                : limit.kind == Kind::Flow     ? of_flow(limit, ask, quantity)
                : limit.kind == Kind::Exposure ? of_exposure(limit, on, &ask, quantity)
                                               : of_state(limit, on);
  const Instrument& of = instrument(ask.party.symbol);
  if (limit.kind == Kind::Exposure && metric != Metric::Position) {  // the order's own symbol needs a value too
    if (of.marked == 0) level.cannot = Reason::NoMark;
    else if (!has_rate(of) && level.cannot == Reason::None) level.cannot = Reason::NoFx;
  }
  objection = {k, level.cannot == Reason::None ? Reason::Limit : level.cannot, shown(metric, level)};
  if (level.cannot != Reason::None) return !reduces;
  if (level.divisor > 0 && !above(metric, level, max_of(k, on))) return false;
  if (limit.kind == Kind::Exposure && level.value <= of_exposure(limit, on, nullptr, 0).value) return false;
  return level.divisor > 0 || !reduces;
}

// In the order in which a verdict names them: by kind, then as in the file.
std::vector<Naive::Objection> Naive::objections(const Ask& ask, std::int64_t quantity) const {
  std::vector<Objection> all;
  for (const Kind kind : {Kind::Order, Kind::Flow, Kind::Exposure, Kind::State}) {
    for (std::size_t k = 0; k < limits_.size(); ++k) {
      Objection objection{};
      if (limits_[k].kind == kind && objects(k, ask, quantity, objection)) all.push_back(objection);
    }
  }
  return all;
}

Value Naive::reading(std::size_t k, const Scope& on) const {
  const Limit& limit = limits_[k];
  return shown(limit.rule.metric, limit.kind == Kind::State ? of_state(limit, on) : of_exposure(limit, on, nullptr, 0));
}

// After every event: which limits on the state has it carried over their max?
void Naive::review() {
  std::map<AccountIndex, int128> now;
  for (const auto& [key, row] : rows_) now[std::get<0>(key)] += profit(std::get<2>(key), row);
  for (std::size_t k = 1; k <= rules_.accounts.size(); ++k) {
    const AccountIndex account = AccountIndex(k);
    now[account] += rules_.accounts[k - 1].equity.raw + deposits_[account];
    now[AccountIndex::None] += now[account];
  }
  for (auto& [account, highest] : peaks_) highest = std::max(highest, now[account]);
  for (std::size_t k = 0; k < limits_.size(); ++k) {
    const Limit& limit = limits_[k];
    if (limit.kind != Kind::State) continue;
    for (const Scope& on : scopes_of(limit)) {
      const Level level = of_state(limit, on);
      if (level.cannot != Reason::None) continue;
      const bool breached = above(limit.rule.metric, level, max_of(k, on));
      const auto key = key_of(k, on);
      if (breached && breached_.insert(key).second) acting_.emplace_back(k, on);
      if (!breached) breached_.erase(key);
    }
  }
  const auto as_text = [](const Scope& on) {
    return std::tuple(on.account, on.client, on.sector, on.strategy, on.symbol);
  };
  std::stable_sort(acting_.begin(), acting_.end(), [&](const auto& a, const auto& b) {
    return std::tuple(limits_[a.first].kind, a.first, as_text(a.second)) <
           std::tuple(limits_[b.first].kind, b.first, as_text(b.second));
  });
  for (const auto& [k, on] : acting_) {
    const Action action = limits_[k].rule.action;
    if (action == Action::Halt) latch(on, State::Halted, limits_[k].rule.name);
    if (action == Action::ReduceOnly) latch(on, State::ReduceOnly, limits_[k].rule.name);
  }
  acting_.clear();
}

}  // namespace bulwark::naive
