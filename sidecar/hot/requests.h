// SPDX-License-Identifier: Apache-2.0
// A client's request as an event, and what came of it as the answer. Hot: plain copies, nothing is decided here.
#pragma once

#include "core/event.h"
#include "shm/lane_message.h"

namespace bulwark::hot {

constexpr bool is_order(shm::MessageKind kind) {
  return kind == shm::MessageKind::Intent || kind == shm::MessageKind::Replace;
}

constexpr bool is_question(shm::MessageKind kind) {
  return kind >= shm::MessageKind::Take && kind <= shm::MessageKind::Status;
}

inline void to_intent(const shm::Request& from, ClientIndex client, core::Gate gate, core::Event& to) {
  to.type = core::EventType::Intent;
  core::IntentEvent& intent = to.intent;
  intent.symbol = from.symbol;
  intent.client = client;
  intent.account = from.account;
  intent.strategy = from.strategy;
  intent.side = from.side;
  intent.gate = gate;
  intent.resize = from.resize;
  intent.reduce_only = from.reduce_only;
  intent.market = from.no_price;
  intent.quantity = from.quantity;
  intent.price = from.price;
  intent.id = from.id;
}

inline void to_replace(const shm::Request& from, ClientIndex client, core::Gate gate, core::Event& to) {
  to.type = core::EventType::Replace;
  core::ReplaceEvent& replace = to.replace;
  replace.client = client;
  replace.gate = gate;
  replace.keep_price = from.no_price;
  replace.quantity = from.quantity;
  replace.price = from.price;
  replace.id = from.id;
  replace.new_id = from.other;
}

inline void to_fill(const shm::Request& from, ClientIndex client, core::Event& to) {
  to.type = core::EventType::Fill;
  core::FillEvent& fill = to.fill;
  fill.client = client;
  fill.account = from.account;
  fill.strategy = from.strategy;
  fill.side = from.side;
  fill.symbol = from.symbol;
  fill.quantity = from.quantity;
  fill.price = from.price;
  fill.fee_low = static_cast<std::uint64_t>(from.fee.raw);
  fill.fee_high = static_cast<std::uint64_t>(static_cast<uint128>(from.fee.raw) >> 64);
  fill.id = from.id;
  fill.exec_id = from.other;
}

inline void to_order_event(const shm::Request& from, ClientIndex client, core::Event& to) {
  switch (from.kind) {
    case shm::MessageKind::Ack: to.type = core::EventType::Ack; break;
    case shm::MessageKind::Cancel: to.type = core::EventType::Cancel; break;
    default: to.type = core::EventType::Done; break;
  }
  to.order.client = client;
  to.order.why = from.why;
  to.order.id = from.id;
}

inline void to_event(const shm::Request& from, ClientIndex client, core::Gate gate, TimeNs t, core::Event& to) {
  to.t = t;
  switch (from.kind) {
    case shm::MessageKind::Intent: return to_intent(from, client, gate, to);
    case shm::MessageKind::Replace: return to_replace(from, client, gate, to);
    case shm::MessageKind::Fill: return to_fill(from, client, to);
    default: return to_order_event(from, client, to);
  }
}

inline void to_size(const shm::Request& from, ClientIndex client, TimeNs t, core::Event& to) {
  to.t = t;
  to.type = core::EventType::Size;
  core::SizeEvent& size = to.size;
  size = {};
  size.symbol = from.symbol;
  size.client = client;
  size.account = from.account;
  size.strategy = from.strategy;
  size.side = from.side;
  size.market = from.no_price;
  size.price = from.price;
  size.by_edge = from.prospect.by_edge;
  // What is not said is as where a line of `simulate` leaves it out.
  size.edge = size.by_edge ? from.prospect.edge_or_chance : 0;
  size.horizon_days = size.by_edge ? from.prospect.horizon_or_payoff : unit;
  size.win_probability = size.by_edge ? 0 : from.prospect.edge_or_chance;
  size.payoff = size.by_edge ? unit : from.prospect.horizon_or_payoff;
  size.confidence = from.prospect.confidence;
}

// An order that no engine judged: refused at the gate because it could not be journaled, or by the engine as a whole.
inline shm::Answer refusal(Reason reason, std::uint32_t epoch) {
  shm::Answer answer;
  answer.decision = Decision::Rejected;
  answer.reason = reason;
  answer.epoch = epoch;
  return answer;
}

constexpr Reason reason_of(core::EventError error) {
  switch (error) {
    case core::EventError::UnknownOrder:
    case core::EventError::AmbiguousOrder: return Reason::UnknownOrder;
    case core::EventError::UnknownSymbol: return Reason::UnknownSymbol;
    case core::EventError::UnknownAccount: return Reason::UnknownAccount;
    case core::EventError::TooLarge: return Reason::BadQuantity;
    default: return Reason::JournalFull;  // there is no room for it
  }
}

// An order's answer is its verdict.
inline shm::Answer to_answer(const core::Verdict& verdict, std::uint32_t epoch) {
  shm::Answer answer;
  answer.epoch = epoch;
  answer.decision = verdict.decision;
  answer.reason = verdict.reason;
  answer.limit = verdict.limit;
  answer.quantity = verdict.quantity;
  answer.value = verdict.value;
  answer.max = verdict.max;
  return answer;
}

// Without a verdict an order is refused, and any other request is accepted, or rejected with the error.
inline shm::Answer to_answer(core::EventError error, bool order, std::uint32_t epoch) {
  if (order) return refusal(reason_of(error), epoch);
  shm::Answer answer;
  answer.epoch = epoch;
  answer.decision = error == core::EventError::None ? Decision::Accepted : Decision::Rejected;
  answer.limit = static_cast<LimitIndex>(static_cast<std::uint32_t>(error));
  return answer;
}

}  // namespace bulwark::hot
