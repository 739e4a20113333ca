// SPDX-License-Identifier: Apache-2.0
// Would this event be an error? Asked before anything changes, and as of the event's own time: where a session ends on
// the way to it, what was done in that session counts as forgotten.
#include "core/engine.h"

namespace bulwark::core {

EventError Engine::admissible(const Event& event) const {
  const bool rolls = started() && event.t >= next_session_;
  const std::uint32_t session = orders_.session() + (rolls ? 1 : 0);
  const auto known_order = [&](const Id& id, ClientIndex client) {
    const Orders::Found found = orders_.find(id, client, session);
    return found.order == 0  ? EventError::UnknownOrder
           : found.ambiguous ? EventError::AmbiguousOrder
                             : EventError::None;
  };
  const auto good_mark = [](const MarkEvent& mark) {
    const bool two_sided = mark.bid.raw > 0 && mark.ask.raw > 0;
    const bool none = mark.bid.raw == 0 && mark.ask.raw == 0;
    return (two_sided || (none && mark.last.raw > 0)) && mark.last.raw >= 0;
  };
  switch (event.type) {
    case EventType::None: return EventError::UnknownCommand;
    case EventType::Client:
      return names_.clients.find(event.client.name.view()) == ClientIndex::None &&
                     names_.clients.size() >= capacity_.clients
                 ? EventError::NoRoom
                 : EventError::None;
    case EventType::Mark:
      if (event.mark.symbol == 0 || event.mark.symbol >= market_.symbols.size()) return EventError::UnknownSymbol;
      if (!market_.symbols[event.mark.symbol].known) return EventError::UnknownSymbol;
      return good_mark(event.mark) ? EventError::None : EventError::BadMark;
    case EventType::Rate:
      if (event.mark.symbol == 0 || event.mark.symbol >= market_.currencies.size()) return EventError::UnknownSymbol;
      return good_mark(event.mark) ? EventError::None : EventError::BadMark;
    case EventType::Replace: {
      const EventError error = known_order(event.replace.id, event.replace.client);
      return error == EventError::AmbiguousOrder ? error : EventError::None;
    }
    case EventType::Ack:
    case EventType::Cancel:
    case EventType::Done: return known_order(event.order.id, event.order.client);
    case EventType::Deliver: {
      if (undelivered(event.order.id) == 0) return EventError::UnknownOrder;
      const bool named = event.order.client != ClientIndex::None;
      const bool taken = named && orders_.find(event.order.id, event.order.client, session).order != 0;
      return taken ? EventError::AmbiguousOrder : EventError::None;  // the client has an order of its own by that id
    }
    case EventType::Fill: return admissible_fill(event.fill, session);
    case EventType::Equity: {
      if (at(event.equity.account) == 0 || at(event.equity.account) >= book_.accounts.size()) {
        return EventError::UnknownAccount;
      }
      const AccountState& account = book_.accounts[at(event.equity.account)];
      const int128 amount = join(event.equity.amount_low, event.equity.amount_high);
      return magnitude(account.deposits + amount) > money_raw_max ? EventError::TooLarge : EventError::None;
    }
    case EventType::Control: return admissible_control(event.control, event.t, rolls);
    case EventType::Intent:
    case EventType::Size:
    case EventType::Clock: return EventError::None;
  }
  return EventError::UnknownCommand;
}

EventError Engine::admissible_fill(const FillEvent& fill, std::uint32_t session) const {
  if (fill.quantity.raw <= 0 || fill.price.raw <= 0) return EventError::BadFill;
  const Orders::Found found = orders_.find(fill.id, fill.client, session);
  if (found.ambiguous) return EventError::AmbiguousOrder;
  std::size_t row = 0;
  Side side = fill.side;
  if (found.order != 0) {
    const Order& order = orders_[found.order];
    if (orders_.has_exec(found.order, fill.exec_id)) return EventError::None;
    row = row_of(order);
    side = order.side;
  } else {
    if (fill.side == Side::None || at(fill.account) == 0 || at(fill.symbol) == 0) return EventError::FillNeedsMore;
    row = book_.row_index(fill.account, fill.strategy, fill.symbol);
  }
  return book_.can_fill(row, side, fill.quantity, fill.price, join(fill.fee_low, fill.fee_high), market_)
             ? EventError::None
             : EventError::TooLarge;
}

EventError Engine::admissible_control(const ControlEvent& control, TimeNs t, bool rolls) const {
  const bool named = control.operator_name.size != 0 && control.reason.size != 0;
  switch (control.command) {
    case Command::None: return EventError::UnknownCommand;
    case Command::Halt:
    case Command::Liquidate:
    case Command::ReduceOnly: return EventError::None;
    case Command::Resume:
      if (!named) return EventError::NameNeeded;
      if (control.new_baseline || control.stage == Stage::ReduceOnly) return EventError::None;
      for (const Latch& latch : latches_) {
        if (contains(control.on, latch.on) && still_breached(latch.on, t, rolls)) return EventError::StillBreached;
      }
      return EventError::None;
    case Command::Override: {
      if (!named) return EventError::NameNeeded;
      for (const CompiledLimit& limit : limits_.all) {
        if (limit.index != control.limit) continue;
        if (control.until <= t) return EventError::UntilPast;
        const bool known = control.whole_limit || limits_.find_slot(limit, control.on) != limits_.slots.size();
        return known ? EventError::None : EventError::UnknownScope;
      }
      return EventError::UnknownLimit;
    }
  }
  return EventError::UnknownCommand;
}

// Is a state limit that latches still above its max on exactly this scope?
bool Engine::still_breached(const Scope& on, TimeNs t, bool rolls) const {
  for (const CompiledLimit& limit : limits_.all) {
    const bool latches =
        limit.action == Action::ReduceOnly || limit.action == Action::Halt || limit.action == Action::Liquidate;
    if (limit.kind != Kind::State || !latches) continue;
    const std::size_t k = limits_.find_slot(limit, on);
    if (k == limits_.slots.size() || (rolls && limit.metric == Metric::DailyLoss)) continue;
    const Slot& slot = limits_.slots[k];
    const bool ended = slot.override_until_ns != 0 && slot.override_until_ns <= t.ns;
    const Level now = level(limit, slot);
    if (now.known && above(limit, now, ended ? limit.configured_max : slot.max)) return true;
  }
  return false;
}

}  // namespace bulwark::core
