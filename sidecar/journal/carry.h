// SPDX-License-Identifier: Apache-2.0
// How each kind of record becomes 8-byte words: one function for each gives the order of its words, for writing and for
// reading alike. `Words` is a WordWriter (ring.h, encoded.h) or a WordReader (words.h); what is carried is const when
// it writes.
#pragma once

#include "sidecar/journal/record.h"

namespace bulwark::journal {

// What was read decides what follows; what is written is as it was.
constexpr void set_flags(const core::Verdict&, std::uint8_t) {}
constexpr void set_flags(core::Verdict& verdict, std::uint8_t has) { verdict.has_on = (has & 1) != 0; }

template <class Words>
void carry_value(Words& words, auto& value) {
  if (value.kind == ValueKind::Absent) return;
  words.value(value.raw_low);
  words.value(value.raw_high);
}

template <class Words>
void carry_scope(Words& words, auto& on) {
  words.pack(on.symbol, on.sector, on.account);
  words.pack(on.strategy, on.client);
}

template <class Words>
void carry_error(Words& words, auto& t, auto& error) {
  words.value(t.ns);
  words.pack(error);
}

// `shrinking` matters, and is carried, only where a limit is named that something had made smaller.
template <class Words>
void carry_verdict(Words& words, auto& t, auto& v, auto& basis, auto& shrinking, auto& client) {
  bool has_limit = v.limit != LimitIndex::None, shrunk = has_limit && shrinking.factor != unit;
  std::uint8_t has = static_cast<std::uint8_t>(v.has_on | has_limit << 1 | shrunk << 2);
  words.value(t.ns);
  words.pack(v.decision, v.reason, v.value.kind, v.max.kind, has, client);
  words.value(v.quantity.raw);
  words.value(basis.reference.raw);
  words.value(basis.marked.ns);
  words.value(basis.model);
  set_flags(v, has);
  if ((has & 2) != 0) words.pack(v.limit);
  if ((has & 1) != 0) carry_scope(words, v.on);
  carry_value(words, v.value);
  carry_value(words, v.max);
  if ((has & 4) == 0) return;
  words.value(shrinking.factor);
  words.text(shrinking.cause);
}

template <class Words>
void carry_objection(Words& words, auto& t, auto& o) {
  words.value(t.ns);
  words.pack(o.limit, o.value.kind, o.max.kind);
  carry_scope(words, o.on);
  carry_value(words, o.value);
  carry_value(words, o.max);
}

template <class Words>
void carry_sized(Words& words, auto& t, auto& sized) {
  words.value(t.ns);
  words.value(sized.quantity.raw);
  words.pack(sized.binding);
  for (auto& quantity : sized.constraints) words.value(quantity);
}

template <class Words>
void carry_line(Words& words, auto& t, auto& line) {
  words.value(t.ns);
  words.pack(line.type, line.state, line.client, line.value.kind, line.max.kind, line.order.side, line.order.market);
  words.pack(line.limit, line.scaling.cause);
  carry_scope(words, line.on);
  carry_value(words, line.value);
  carry_value(words, line.max);
  words.text(line.id);
  words.text(line.cause);
  if (line.type == core::LineType::Liquidation) {
    words.value(line.order.quantity.raw);
    words.value(line.order.price.raw);
  }
  if (line.type != core::LineType::Scale) return;
  words.value(line.scaling.from);
  words.value(line.scaling.to);
  words.value(line.scaling.factor);
}

template <class Words>
void carry_intent(Words& words, auto& e) {
  words.pack(e.symbol, e.client, e.account);
  words.pack(e.strategy, e.side, e.gate, e.resize, e.reduce_only, e.market);
  words.value(e.quantity.raw);
  words.value(e.price.raw);
  words.text(e.id);
}

template <class Words>
void carry_replace(Words& words, auto& e) {
  words.pack(e.client, e.gate, e.keep_price);
  words.value(e.quantity.raw);
  words.value(e.price.raw);
  words.text(e.id);
  words.text(e.new_id);
}

template <class Words>
void carry_order(Words& words, auto& e) {
  words.pack(e.client, e.why);
  words.text(e.id);
}

template <class Words>
void carry_fill(Words& words, auto& e) {
  words.pack(e.symbol, e.client, e.account);
  words.pack(e.strategy, e.side);
  words.value(e.quantity.raw);
  words.value(e.price.raw);
  words.value(e.fee_low);
  words.value(e.fee_high);
  words.text(e.id);
  words.text(e.exec_id);
}

template <class Words>
void carry_mark(Words& words, auto& e) {
  words.pack(e.symbol);
  words.value(e.bid.raw);
  words.value(e.ask.raw);
  words.value(e.last.raw);
}

template <class Words>
void carry_size(Words& words, auto& e) {
  words.pack(e.symbol, e.client, e.account);
  words.pack(e.strategy, e.side, e.market, e.by_edge);
  words.value(e.price.raw);
  words.value(e.edge);
  words.value(e.horizon_days);
  words.value(e.win_probability);
  words.value(e.payoff);
  words.value(e.confidence);
}

template <class Words>
void carry_equity(Words& words, auto& e) {
  words.pack(e.account);
  words.value(e.amount_low);
  words.value(e.amount_high);
}

template <class Words>
void carry_control(Words& words, auto& e) {
  words.pack(e.command, e.new_baseline, e.whole_limit, e.stage, e.limit);
  words.pack(e.on.symbol, e.on.sector, e.on.account);
  words.pack(e.on.strategy, e.on.client);
  words.value(e.max_low);
  words.value(e.max_high);
  words.value(e.until.ns);
  words.text(e.operator_name);
  words.text(e.reason);
}

template <class Words>
void carry_event(Words& words, auto& event) {
  words.value(event.t.ns);
  switch (event.type) {
    case core::EventType::None:
    case core::EventType::Clock: break;
    case core::EventType::Client: words.text(event.client.name); break;
    case core::EventType::Mark:
    case core::EventType::Rate: carry_mark(words, event.mark); break;
    case core::EventType::Intent: carry_intent(words, event.intent); break;
    case core::EventType::Replace: carry_replace(words, event.replace); break;
    case core::EventType::Ack:
    case core::EventType::Cancel:
    case core::EventType::Done:
    case core::EventType::Deliver: carry_order(words, event.order); break;
    case core::EventType::Fill: carry_fill(words, event.fill); break;
    case core::EventType::Equity: carry_equity(words, event.equity); break;
    case core::EventType::Size: carry_size(words, event.size); break;
    case core::EventType::Control: carry_control(words, event.control); break;
  }
}

template <class Words>
void carry_remark(Words& words, auto& remark) {
  words.value(remark.t.ns);
  words.text(remark.operator_name);
  words.text(remark.text);
}

template <class Words>
void carry_note(Words& words, auto& note) {
  words.value(note.t.ns);
  words.value(note.a);
  words.value(note.b);
}

}  // namespace bulwark::journal
