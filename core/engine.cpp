// SPDX-License-Identifier: Apache-2.0
#include "core/engine.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/adoption.h"
#include "shm/assert.h"

namespace bulwark::core {

static constexpr std::size_t row_count_max = 16'000'000;

Engine::Engine(const Rules& rules, Capacity capacity)
    : capacity_(capacity), orders_(capacity.orders), session_(rules.session) {
  if (capacity.orders > Orders::capacity_max) throw std::length_error("more orders than the engine keeps (8,388,607)");
  names_.add_from(rules);
  RiskModel model = Adoption::model_of(rules, names_.symbols);
  configure(rules, model);
}

void Engine::populate(std::size_t orders) const {
  orders_.populate(0, orders);
  flow_.populate();
  moves_.populate();
}

// Lays everything out that follows from the rules; positions, orders and marks are still empty.
void Engine::configure(const Rules& rules, RiskModel& model) {
  book_.symbol_count = names_.symbols.size();
  book_.sector_count = names_.sectors.size();
  book_.account_count = names_.accounts.size();
  book_.strategy_count = names_.strategies.size();
  if (book_.symbol_count * book_.account_count * book_.strategy_count > row_count_max) {
    throw std::length_error("accounts x strategies x instruments are more than the engine keeps (16,000,000)");
  }
  configure_market(rules);
  default_accounts_.assign(names_.strategies.size(), AccountIndex::None);
  risk_budgets_.assign(names_.strategies.size(), std::nullopt);
  sizing_ = rules.sizing;
  liquidation_plan_ = rules.liquidation;
  for (const Strategy& strategy : rules.strategies) {
    const std::size_t index = at(names_.strategies.find(strategy.name));
    default_accounts_[index] = names_.accounts.find(strategy.account);
    risk_budgets_[index] = strategy.risk_budget;
  }
  limits_.compile(rules, names_, book_, capacity_.clients);
  flow_.follow(limits_, book_.strategy_count, book_.symbol_count);
  largest_moves_.assign(limits_.price_moves.size(), {});
  for (LargestMove& largest : largest_moves_) largest.lay_out(market_, book_.sector_count);
  if (!stale_marks_.follow(limits_, book_.symbol_count)) {
    throw std::length_error("there are more than 8 limits on stale_mark");
  }
  risk_.configure(rules, model, limits_, book_);
  market_state_.configure(rules.dynamic, risk_.model(), book_.symbol_count);
  moves_.follow(limits_, market_state_.window(), book_.symbol_count);
  market_moved_ = market_state_.used();
  follows_time_ = market_state_.used() || !limits_.breakers.empty();
  book_.allocate();
  limits_.assign_rows(book_, market_);
  working_ = Table<WorkingList>(book_.account_count * book_.symbol_count);
  book_.accounts.resize(names_.accounts.size());
  for (const Account& from : rules.accounts) {
    AccountState& account = book_.accounts[at(names_.accounts.find(from.name))];
    if (account.configured != 0 || account.peak != 0) continue;
    account.configured = account.peak = from.equity.raw;
    book_.accounts[0].configured += from.equity.raw;
    book_.accounts[0].peak += from.equity.raw;
  }
  latches_.reserve(capacity_.latches);
  factors_.reserve(held_factors_max);
  liquidations_.reserve(book_.rows.size());
  std::size_t reviewed = 0;
  for (const CompiledLimit& limit : limits_.all) reviewed += limit.kind >= Kind::Exposure ? limit.slot_count : 0;
  lines_.reserve(std::min<std::size_t>(4 * reviewed + 65'536, lines_max));
  touched_.reserve(reviewed);
  acting_.reserve(reviewed + limits_.all.size());
  touched_stamp_.assign(limits_.slots.size(), 0);
  touched_rows_.reserve(book_.rows.size());
  objecting_.reserve(limits_.all.size());
  objections_.reserve(limits_.all.size());
  crossing_.reserve(limits_.all.size());
}

// Instruments, currencies and what may be borrowed. Marks and rates that came from marks are kept.
void Engine::configure_market(const Rules& rules) {
  base_ = names_.currencies.find(rules.base_currency);
  market_.stale_after = rules.stale_after;
  market_.slippage = rules.market_slippage;
  market_.locate_required = rules.locate_required;
  market_.currencies.resize(names_.currencies.size());
  market_.currencies[at(base_)] = {true, false, {0}, unit};
  for (const FxRate& rate : rules.fx) {
    Currency& currency = market_.currencies[at(names_.currencies.find(rate.currency))];
    if (!currency.marked) currency = {true, false, {0}, rate.rate};
  }
  market_.symbols.resize(names_.symbols.size());
  for (Symbol& symbol : market_.symbols) symbol.known = symbol.restricted = false, symbol.locate_units = 0;
  for (const Instrument& from : rules.instruments) {
    Symbol& symbol = market_.symbols[at(names_.symbols.find(from.symbol))];
    symbol.known = true;
    symbol.currency = names_.currencies.find(from.currency);
    symbol.sector = names_.sectors.find(from.sector);
    symbol.multiplier = from.multiplier;
    symbol.tick_size = from.tick_size.raw;
    symbol.lot_size = from.lot_size.raw;
    symbol.adv = from.adv.raw;
  }
  for (Symbol& symbol : market_.symbols) market_.rescale(symbol);
  for (const std::string& name : rules.restricted) market_.symbols[at(names_.symbols.find(name))].restricted = true;
  for (const Locate& locate : rules.locates) {
    market_.symbols[at(names_.symbols.find(locate.symbol))].locate_units = locate.units.raw;
  }
}

void Engine::find_next_override_end() {
  next_override_end_ = {INT64_MAX};
  for (const Slot& slot : limits_.slots) {
    if (slot.override_until_ns != 0) next_override_end_.ns = std::min(next_override_end_.ns, slot.override_until_ns);
  }
}

EventError Engine::decide(const Event& event) noexcept {
  BULWARK_ASSERT(!decided_);  // the event that was decided last has to be concluded while it lasts
  lines_.clear();
  touched_rows_.clear();
  has_verdict_ = has_sized_ = false;
  lines_before_verdict_ = 0;
  if (event.type != EventType::Client && event.t < now_) return EventError::TimeGoesBack;
  if (const EventError error = admissible(event); error != EventError::None) return error;
  if (event.type == EventType::Client) {  // only a name: no time passes
    names_.clients.add(event.client.name.view());
    return EventError::None;
  }
  pass_time(event.t);
  lines_before_verdict_ = lines_.size();
  switch (event.type) {
    case EventType::None: break;
    case EventType::Client: names_.clients.add(event.client.name.view()); break;
    case EventType::Mark: apply_mark(event.mark, event.t); break;
    case EventType::Rate: apply_rate(event.mark, event.t); break;
    case EventType::Intent: apply_intent(event.intent); break;
    case EventType::Replace: apply_replace(event.replace); break;
    case EventType::Ack: apply_ack(event.order); break;
    case EventType::Cancel: apply_cancel(event.order); break;
    case EventType::Fill: apply_fill(event.fill); break;
    case EventType::Done: apply_done(event.order); break;
    case EventType::Equity: apply_equity(event.equity); break;
    case EventType::Control: apply_control(event.control, event.t); break;
    case EventType::Clock: flow_.advance(event.t, limits_); break;
    case EventType::Size: apply_size(event.size); break;
    case EventType::Deliver: apply_deliver(event.order); break;
  }
  decided_ = true;
  return EventError::None;
}

void Engine::conclude() noexcept {
  if (!decided_) return;
  decided_ = false;
  if (accepted_.pending) accept(accepted_);
  accepted_.pending = false;
  if (!limits_.breakers.empty() && has_verdict_ && verdict_.decision == Decision::Rejected)
    count_refusal(verdict_party_);
  review();
  if (!liquidations_.all.empty()) advance_liquidations();
  if (failure_.size != 0) halt_for_failure();
}

// What the clock alone brings about: a new session, overrides that end.
void Engine::pass_time(TimeNs t) {
  const bool first = !started();
  now_ = t;
  if (first) {
    next_session_ = session_.next_start_after(t);
    if (!limits_.breakers.empty()) touch_everything();  // a breaker with a max of 0 is told from the first event on
  }
  if (follows_time_) advance_breakers();
  const bool rolls = t >= next_session_, ends = t >= next_override_end_;
  if (!rolls && !ends) return;
  if (rolls) {
    next_session_ = session_.next_start_after(t);
    orders_.start_session();
    for (const std::uint32_t row : book_.live_rows) book_.start_session(row, market_);
    for (Symbol& symbol : market_.symbols) symbol.locate_used = 0;
  }
  if (ends) {
    for (CompiledLimit& limit : limits_.all) {
      for (std::size_t k = limit.slot_base; k < limit.slot_base + limit.slot_count; ++k) {
        Slot& slot = limits_.slots[k];
        if (slot.override_until_ns != 0 && slot.override_until_ns <= t.ns) end_override(limit, k);
      }
    }
    find_next_override_end();
  }
  touch_everything();
  review();
  if (!liquidations_.all.empty()) advance_liquidations();
}

void Engine::end_override(const CompiledLimit& limit, std::size_t place) {
  Slot& slot = limits_.slots[place];
  slot.override_until_ns = 0;
  slot.base_max = limit.configured_max;
  limits_.set_max(limit, place, scaled(limit, slot));
}

void Engine::apply_mark(const MarkEvent& mark, TimeNs t) {
  Symbol& symbol = market_.symbols[mark.symbol];
  const Price previous = symbol.has_mark ? symbol.reference : Price{0};
  symbol.has_mark = true;
  symbol.marked = t;
  symbol.reference = reference_of(mark.bid, mark.ask, mark.last);
  const SymbolIndex index{mark.symbol};
  book_.revalue(index, market_);
  if (market_state_.used()) market_state_.set_spread(index, mark.bid, mark.ask), market_moved_ = true;
  follow_mark(index, previous);
  for (std::uint32_t next = book_.first_row_of_symbol[at(index)]; next != 0;
       next = book_.rows[next - 1].next_of_symbol) {
    touch_row(next - 1);
  }
}

void Engine::apply_rate(const MarkEvent& mark, TimeNs t) {
  Currency& currency = market_.currencies[mark.symbol];
  const bool had_rate = currency.has_rate;
  currency = {true, true, t, reference_of(mark.bid, mark.ask, mark.last).raw};
  for (std::size_t k = 1; k < market_.symbols.size(); ++k) {
    Symbol& symbol = market_.symbols[k];
    if (at(symbol.currency) != mark.symbol) continue;
    market_.rescale(symbol);
    for (std::uint32_t next = book_.first_row_of_symbol[k]; next != 0; next = book_.rows[next - 1].next_of_symbol) {
      if (!had_rate) {
        --book_.accounts[at(book_.account_of(next - 1))].rows_without_rate;
        --book_.accounts[0].rows_without_rate;
        ++book_.profit_moves;  // equity that nobody knew is known
      }
      touch_row(next - 1);
    }
    book_.revalue(SymbolIndex(k), market_);
  }
}

CurrencyIndex Engine::currency_of_pair(std::string_view pair) const {
  const std::size_t slash = pair.find('/');
  if (slash == std::string_view::npos || pair.substr(slash + 1) != names_.currencies.name(base_)) {
    return CurrencyIndex::None;
  }
  const CurrencyIndex currency = names_.currencies.find(pair.substr(0, slash));
  return currency == base_ ? CurrencyIndex::None : currency;
}

bool Engine::is_pair(std::string_view text) const {
  const std::size_t slash = text.find('/');
  return slash != 0 && slash != std::string_view::npos && text.substr(slash + 1) == names_.currencies.name(base_);
}

}  // namespace bulwark::core
