// SPDX-License-Identifier: Apache-2.0
// Names, time, controls and profit of the naive reference.
#include "tests/simulation/naive.h"

#include <algorithm>

namespace bulwark::naive {

using core::Command;
using core::EventError;
using core::EventType;

// a / b, half away from zero.
int128 rounded_quotient(int128 a, int128 b) {
  const int128 size = a < 0 ? -a : a;
  const int128 result = (2 * size + b) / (2 * b);
  return a < 0 ? -result : result;
}

int128 round8(int128 a, int128 b) { return rounded_quotient(a * b, unit); }

Naive::Naive(const core::Rules& rules) : rules_(rules) {
  take_names(rules);
  take_limits(rules);
  peaks_[AccountIndex::None] = 0;
  for (std::size_t k = 0; k < rules.accounts.size(); ++k) {
    peaks_[AccountIndex(k + 1)] = rules.accounts[k].equity.raw;
    peaks_[AccountIndex::None] += rules.accounts[k].equity.raw;
  }
}

std::size_t Naive::currency_of(const std::string& name) {
  for (std::size_t k = 0; k < currencies_.size(); ++k) {
    if (currencies_[k].name == name) return k;
  }
  currencies_.push_back({name});
  return currencies_.size() - 1;
}

void Naive::take_names(const core::Rules& rules) {
  currency_of("");  // events count currencies from 1, the base
  currencies_[currency_of(rules.base_currency)].rate = unit;
  for (const core::Instrument& rule : rules.instruments) {
    Instrument instrument{rule, SectorIndex::None, currency_of(rule.currency)};
    if (!rule.sector.empty()) {
      const auto place = std::find(sectors_.begin(), sectors_.end(), rule.sector);
      instrument.sector = SectorIndex(place - sectors_.begin() + 1);
      if (place == sectors_.end()) sectors_.push_back(rule.sector);
    }
    for (const std::string& name : rules.restricted) instrument.restricted |= name == rule.symbol;
    for (const core::Locate& locate : rules.locates) {
      if (locate.symbol == rule.symbol) instrument.locate_units = locate.units.raw;
    }
    instruments_.push_back(instrument);
  }
  for (const core::FxRate& fx : rules.fx) currencies_[currency_of(fx.currency)].rate = fx.rate;
}

void Naive::take_limits(const core::Rules& rules) {
  const auto index = [](const auto& list, const std::string& name, auto text) -> std::size_t {
    for (std::size_t k = 0; k < list.size(); ++k) {
      if (text(list[k]) == name) return k + 1;
    }
    return 0;
  };
  const auto itself = [](const std::string& text) { return text; };
  const auto name_of = [](const auto& rule) { return rule.name; };
  for (const core::Limit& rule : rules.limits) {
    const core::On& on = rule.on;
    const bool bare = on.symbol.empty() && core::is_per_symbol(rule.metric);
    Limit limit{rule,
                core::kind_of(rule.metric),
                {},
                on.symbol == "*" || bare,
                on.sector == "*",
                on.account == "*",
                on.strategy == "*",
                on.client == "*"};
    limit.named.symbol = SymbolIndex(index(rules.instruments, on.symbol, [](const auto& of) { return of.symbol; }));
    limit.named.sector = SectorIndex(index(sectors_, on.sector, itself));
    limit.named.account = AccountIndex(index(rules.accounts, on.account, name_of));
    limit.named.strategy = StrategyIndex(index(rules.strategies, on.strategy, name_of));
    limits_.push_back(limit);
  }
}

int128 Naive::profit(SymbolIndex symbol, const Row& row) const {
  const Instrument& of = instrument(symbol);
  int128 local = row.realised - row.fees;
  if (row.position != 0 && of.marked != 0) {
    const std::int64_t size = std::abs(row.position);
    const int128 worth = round8(round8(size, of.reference), of.rule.multiplier);
    local += row.position > 0 ? worth - row.cost : row.cost - worth;
  }
  return round8(local, currencies_[of.currency].rate);
}

std::int64_t Naive::working(const std::tuple<AccountIndex, StrategyIndex, SymbolIndex>& key, Side side) const {
  std::int64_t sum = 0;
  for (const auto& [number, order] : orders_) {
    const Party& of = order.party;
    if (order.side == side && std::tuple(of.account, of.strategy, of.symbol) == key) sum += order.reserved();
  }
  return sum;
}

EventError Naive::apply(const core::Event& event) {
  verdict.reset();
  asked.clear();
  if (event.type == EventType::Client) {
    const std::string name(event.client.name.view());
    if (std::find(clients_.begin(), clients_.end(), name) == clients_.end()) clients_.push_back(name);
    return EventError::None;
  }
  if (event.t.ns < now_) return EventError::TimeGoesBack;
  if (const EventError error = error_of(event); error != EventError::None) return error;
  pass_time(event.t.ns);
  carry_out(event);
  const bool order = event.type == EventType::Intent || event.type == EventType::Replace;
  const bool report = event.type == EventType::Ack || event.type == EventType::Cancel || event.type == EventType::Done;
  if (!report && !(order && acting_.empty())) review();  // these move neither profit nor equity
  return EventError::None;
}

EventError Naive::error_of(const core::Event& event) {
  const bool rolls = now_ != INT64_MIN && event.t.ns >= next_session_;
  const int session = session_ + (rolls ? 1 : 0);
  const auto order_error = [&](const Id& id, ClientIndex client) {
    const Found found = find(std::string(id.view()), client, session);
    return found.ambiguous          ? EventError::AmbiguousOrder
           : found.order == nullptr ? EventError::UnknownOrder
                                    : EventError::None;
  };
  const core::MarkEvent& mark = event.mark;
  const bool two_sided = mark.bid.raw > 0 && mark.ask.raw > 0;
  const bool good_mark =
      mark.last.raw >= 0 && (two_sided || (mark.bid.raw == 0 && mark.ask.raw == 0 && mark.last.raw > 0));
  switch (event.type) {
    case EventType::Mark:
      if (mark.symbol == 0 || mark.symbol > instruments_.size()) return EventError::UnknownSymbol;
      return good_mark ? EventError::None : EventError::BadMark;
    case EventType::Rate:
      if (mark.symbol == 0 || mark.symbol >= currencies_.size()) return EventError::UnknownSymbol;
      return good_mark ? EventError::None : EventError::BadMark;
    case EventType::Replace: {
      const EventError error = order_error(event.replace.id, event.replace.client);
      return error == EventError::AmbiguousOrder ? error : EventError::None;
    }
    case EventType::Ack:
    case EventType::Cancel:
    case EventType::Done: return order_error(event.order.id, event.order.client);
    case EventType::Fill: {
      const core::FillEvent& fill = event.fill;
      if (fill.quantity.raw <= 0 || fill.price.raw <= 0) return EventError::BadFill;
      const EventError error = order_error(fill.id, fill.client);
      if (error != EventError::UnknownOrder) return error;
      const bool told = fill.side != Side::None && at(fill.account) != 0 && at(fill.symbol) != 0;
      return told ? EventError::None : EventError::FillNeedsMore;
    }
    case EventType::Control: return error_of(event.control, event.t.ns, rolls);
    default: return EventError::None;
  }
}

EventError Naive::error_of(const core::ControlEvent& control, std::int64_t t, bool rolls) const {
  const bool named = control.operator_name.size != 0 && control.reason.size != 0;
  if (control.command == Command::Override) {
    if (!named) return EventError::NameNeeded;
    if (at(control.limit) == 0 || at(control.limit) > limits_.size()) return EventError::UnknownLimit;
    return control.until.ns <= t ? EventError::UntilPast : EventError::None;
  }
  if (control.command != Command::Resume) return EventError::None;
  if (!named) return EventError::NameNeeded;
  if (control.new_baseline) return EventError::None;
  for (const Latch& latch : latches_) {
    const Scope& on = latch.on;
    if (!within(control.on, {on.symbol, on.sector, on.account, on.strategy, on.client})) continue;
    for (std::size_t k = 0; k < limits_.size(); ++k) {
      const Limit& limit = limits_[k];
      const bool latches = limit.rule.action == Action::Halt || limit.rule.action == Action::ReduceOnly;
      const std::vector<Scope> scopes = scopes_of(limit);
      if (limit.kind != core::Kind::State || !latches || (rolls && limit.rule.metric == Metric::DailyLoss) ||
          std::find(scopes.begin(), scopes.end(), on) == scopes.end()) {
        continue;
      }
      const auto other = overrides_.find(key_of(k, on));
      const bool holds = other != overrides_.end() && other->second.until > t;
      const int128 max = holds ? other->second.max : limit.rule.max;
      const Level level = of_state(limit, on);
      const bool money = limit.rule.metric == Metric::DailyLoss;
      if (level.cannot == Reason::None && (money ? level.value > max : level.value * unit > max * level.divisor))
        return EventError::StillBreached;
    }
  }
  return EventError::None;
}

void Naive::pass_time(std::int64_t t) {
  constexpr std::int64_t second = 1'000'000'000, day = 86'400 * second;
  const std::int64_t start = rules_.session.start_of_day_s * second;
  const bool first = now_ == INT64_MIN, rolls = !first && t >= next_session_;
  now_ = t;
  if (first || rolls) next_session_ = (t - start) / day * day + start + day;
  const auto ended = std::erase_if(overrides_, [t](const auto& entry) { return entry.second.until <= t; });
  while (!messages_.empty() && messages_.front().t <= t - day) messages_.pop_front();
  while (!accepted_orders_.empty() && accepted_orders_.front().t <= t - day) accepted_orders_.pop_front();
  if (rolls) {
    ++session_;
    for (auto& [key, row] : rows_) row.opening = profit(std::get<2>(key), row);
    for (Instrument& one : instruments_) one.locate_used = 0;
    std::erase_if(done_, [this](const auto& entry) {
      if (entry.second.done_session >= session_) return false;
      for (const std::string& id : entry.second.ids) {
        named_[id].erase(entry.first);
        if (named_[id].empty()) named_.erase(id);
      }
      return true;
    });
  }
  if (rolls || ended != 0) review();
}

void Naive::carry_out(const core::Event& event) {
  const core::MarkEvent& mark = event.mark;
  const auto reference = [&] {
    return static_cast<std::int64_t>(mark.bid.raw > 0 ? rounded_quotient(int128{mark.bid.raw} + mark.ask.raw, 2)
                                                      : int128{mark.last.raw});
  };
  switch (event.type) {
    case EventType::Mark: {
      Instrument& of = instruments_[mark.symbol - 1];
      of.reference = reference();
      of.marked = now_;
      return;
    }
    case EventType::Rate: currencies_[mark.symbol] = {currencies_[mark.symbol].name, reference(), now_, true}; return;
    case EventType::Intent: return apply(event.intent);
    case EventType::Replace: return apply(event.replace);
    case EventType::Fill: return apply(event.fill);
    case EventType::Ack: return ack(event.order);
    case EventType::Done: return done(event.order);
    case EventType::Cancel:
      return message(find(std::string(event.order.id.view()), event.order.client, session_).order->party);
    case EventType::Control: return apply(event.control);
    case EventType::Equity: return apply(event.equity);
    default: return;
  }
}

void Naive::apply(const core::ControlEvent& control) {
  const std::string reason(control.reason.size != 0 ? control.reason.view() : "no reason given");
  if (control.command == Command::Halt) return latch(control.on, State::Halted, reason);
  if (control.command == Command::ReduceOnly) return latch(control.on, State::ReduceOnly, reason);
  if (control.command == Command::Override) {
    const std::size_t k = at(control.limit) - 1;
    const int128 max = core::join(control.max_low, control.max_high);
    if (!control.whole_limit) overrides_[key_of(k, control.on)] = {max, control.until.ns};
    else
      for (const Scope& on : scopes_of(limits_[k])) overrides_[key_of(k, on)] = {max, control.until.ns};
    return;
  }
  const Scope& wanted = control.on;
  if (control.new_baseline) {
    for (auto& [key, row] : rows_) {
      const auto& [account, strategy, symbol] = key;
      const Party party{symbol, instrument(symbol).sector, account, strategy, ClientIndex::None};
      if (within(wanted, party)) row.opening = profit(symbol, row);
    }
    Scope account_only{};
    account_only.account = wanted.account;
    for (auto& [account, highest] : peaks_) {
      if (wanted == Scope{} || (wanted == account_only && wanted.account == account)) highest = equity(account);
    }
  }
  std::erase_if(latches_, [&](const Latch& latch) {
    return within(wanted, {latch.on.symbol, latch.on.sector, latch.on.account, latch.on.strategy, latch.on.client});
  });
}

void Naive::apply(const core::EquityEvent& deposit) {
  const int128 amount = core::join(deposit.amount_low, deposit.amount_high);
  for (const AccountIndex account : {deposit.account, AccountIndex::None}) {
    const int128 before = equity(account), after = before + amount;
    int128& highest = peaks_[account];
    highest = before > 0 && after > 0 ? rounded_quotient(highest * after, before) : highest + amount;
  }
  deposits_[deposit.account] += amount;
}

void Naive::latch(const Scope& on, State state, const std::string& cause) {
  for (Latch& known : latches_) {
    if (!(known.on == on)) continue;
    if (state < known.state) known.state = state, known.cause = cause;
    return;
  }
  latches_.push_back({on, state, cause});
}

}  // namespace bulwark::naive
