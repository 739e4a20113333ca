// SPDX-License-Identifier: Apache-2.0
// What clients are told unasked (cancel this order; send this order of a liquidation), and what they ask beside their
// orders: how much could I trade, may I have this order of a liquidation, what became of my order? Rare, and out of the
// hot path's way.
//
// An order of a liquidation is offered to every client that trades for its account and strategy. The first one that
// takes it has it, and the journal says so before that client may send it; from then on it is that client's, by name,
// like an order of its own. Nobody else ever gets it: who has died may have sent it.
#include "core/errands.h"
#include "shm/size_message.h"
#include "sidecar/hot/loop.h"

namespace bulwark::hot {

namespace {

shm::Command command_of(const core::LiquidationOrder& order, bool again) {
  shm::Command command;
  command.kind = shm::CommandKind::Liquidate;
  command.side = order.terms.side;
  command.market = order.terms.market;
  command.again = again;
  command.id = order.id;
  command.cause = order.cause;
  command.symbol = order.party.symbol;
  command.account = order.party.account;
  command.strategy = order.party.strategy;
  command.quantity = order.terms.quantity;
  command.price = order.terms.price;
  return command;
}

// May that client have it? What it named when it attached has to fit; one that named nothing trades for everybody.
bool serves(const Attached& who, const core::LiquidationOrder& order) {
  return (who.account == AccountIndex::None || who.account == order.party.account) &&
         (who.strategy == StrategyIndex::None || who.strategy == order.party.strategy);
}

shm::Answer status_of(const core::Order& order) {
  shm::Answer answer;
  answer.decision = Decision::Accepted;
  answer.quantity = {order.quantity};
  answer.value = Value::of(ValueKind::Quantity, order.filled);
  answer.max = Value::of(ValueKind::Quantity, order.reserved());
  return answer;
}

}  // namespace

// Offers what is new to each lane; a new lane is told of what its name has taken before, too.
void Loop::deliver_liquidations() noexcept {
  const core::Errands errands(engine_);
  std::uint64_t untaken = 0;
  Id unwanted{};
  for (std::size_t k = 0; k < errands.count(); ++k) {
    if (errands.client(k) != ClientIndex::None) continue;
    ++untaken;
    if (unwanted.size == 0 && !errands.order(k).wanted) unwanted = errands.order(k).id;
  }
  board_.liquidation_orders.store(errands.count(), std::memory_order_relaxed);
  board_.liquidation_orders_untaken.store(untaken, std::memory_order_relaxed);
  if (unwanted.size != 0) return deliver(unwanted, ClientIndex::None);  // the next one in the next millisecond
  for (LaneSlot& slot : lanes_) {
    for (std::size_t k = errands.first_after(slot.offered); k < errands.count(); ++k) {
      if (!offer(slot, errands.order(k))) break;
    }
  }
}

// False: the client has not taken what was pushed before.
bool Loop::offer(LaneSlot& slot, const core::LiquidationOrder& order) noexcept {
  const bool its = order.client == slot.who.client;
  const bool free = order.client == ClientIndex::None && serves(slot.who, order);
  if ((its || free) && !slot.server.push_command(command_of(order, its))) return false;
  slot.offered = order.number;
  return true;
}

void Loop::deliver(const Id& id, ClientIndex client) noexcept {
  if (!journal_open()) return;
  event_.t = t_;
  event_.type = core::EventType::Deliver;
  event_.order = {client, DoneWhy::None, {}, id};
  apply();
}

// False: this client has to do without it.
bool Loop::take(const LaneSlot& slot) noexcept {
  const core::Errands errands(engine_);
  for (std::size_t k = 0; k < errands.count(); ++k) {
    if (!errands.is(k, slot.request.id)) continue;
    const core::LiquidationOrder order = errands.order(k);
    if (order.client == slot.who.client) return true;  // it has it already
    if (order.client != ClientIndex::None || !order.wanted || !serves(slot.who, order)) continue;
    if (!journal_open()) return false;
    deliver(order.id, slot.who.client);
    return error_ == core::EventError::None;
  }
  return false;
}

void Loop::answer_question(LaneSlot& slot) noexcept {
  if (slot.request.kind == shm::MessageKind::Size && journal_open()) {
    to_size(slot.request, slot.who.client, t_, event_);
    fill_in_account(event_.size.account, event_.size.strategy);
    if (!decide_and_append()) return;
    const bool sized = engine_.has_sized();
    const core::Sized none{};
    const core::Sized& answer = sized ? engine_.sized() : none;
    say(slot, shm::SizeAnswer{sized ? Decision::Accepted : Decision::Rejected, answer.binding, answer.constraints});
    return after_event();
  }
  shm::Answer answer;
  answer.decision = Decision::Rejected;
  if (slot.request.kind == shm::MessageKind::Take && take(slot)) answer.decision = Decision::Accepted;
  if (slot.request.kind == shm::MessageKind::Status) {
    const core::Order* order = core::Errands(engine_).find(slot.request.id, slot.who.client);
    if (order != nullptr) answer = status_of(*order);
  }
  say(slot, answer);
}

// A client that comes, or comes back, may not know what it was asked to cancel.
void Loop::ask_again_to_cancel(ClientIndex client) {
  core::Errands(engine_).each_cancel([&](const core::Order& order, const Id& id, const Sentence& cause) {
    if (order.client == client) commands_.push({client, {shm::CommandKind::Cancel, id, cause}});
  });
  send_commands();
}

// What found no place among those that wait is asked again from what the engine knows, once they have gone out.
void Loop::ask_lost_again() {
  if (commands_.lost_count() == lost_seen_ || !commands_.empty() || now_.ns < lost_due_ns_) return;
  lost_seen_ = commands_.lost_count();
  lost_due_ns_ = now_.ns + lost_ns;
  for (const LaneSlot& slot : lanes_) ask_again_to_cancel(slot.who.client);
}

// One whose client does not take it goes to the end, so that the others get theirs. A client that is not there is asked
// when it comes.
void Loop::send_commands() noexcept {
  for (std::size_t tries = commands_.size(); tries > 0; --tries) {
    const PendingCommands::Entry entry = commands_.front();
    commands_.pop();
    LaneSlot* slot = lane_of(entry.client);
    if (slot != nullptr && !slot->server.push_command(entry.command)) commands_.push(entry);
  }
}

}  // namespace bulwark::hot
