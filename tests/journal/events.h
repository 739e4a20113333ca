// SPDX-License-Identifier: Apache-2.0
// Random events and outcomes of every type, from a seed: every field that a record carries has a value.
#pragma once

#include <random>
#include <string>

#include "core/event.h"
#include "sidecar/journal/encoded.h"
#include "sidecar/journal/ring.h"

namespace bulwark::test {

class Dice {
public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::int64_t raw() { return static_cast<std::int64_t>(random_()); }
  bool coin() { return below(2) == 1; }
  template <class Enum>
  Enum one_of(std::uint64_t count) {
    return static_cast<Enum>(below(count));
  }
  template <std::size_t N>
  Text<N> text() {
    std::string result(below(N + 1), ' ');
    for (char& c : result) c = static_cast<char>(0x20 + below(0x5f));
    return Text<N>::from(result);
  }
  Scope scope() {
    return {one_of<SymbolIndex>(1U << 31), one_of<SectorIndex>(65'536), one_of<AccountIndex>(65'536),
            one_of<StrategyIndex>(65'536), one_of<ClientIndex>(65'536), 0};
  }

private:
  std::mt19937_64 random_;
};

inline core::IntentEvent random_intent(Dice& dice) {
  core::IntentEvent e{};
  e.symbol = dice.one_of<SymbolIndex>(1U << 31);
  e.client = dice.one_of<ClientIndex>(65'536);
  e.account = dice.one_of<AccountIndex>(65'536);
  e.strategy = dice.one_of<StrategyIndex>(65'536);
  e.side = dice.one_of<Side>(3);
  e.gate = dice.one_of<core::Gate>(5);
  e.resize = dice.one_of<Resize>(3);
  e.reduce_only = dice.coin();
  e.market = dice.coin();
  e.quantity = {dice.raw()};
  e.price = {dice.raw()};
  e.id = dice.text<64>();
  return e;
}

inline core::ReplaceEvent random_replace(Dice& dice) {
  core::ReplaceEvent e{};
  e.client = dice.one_of<ClientIndex>(65'536);
  e.gate = dice.one_of<core::Gate>(5);
  e.keep_price = dice.coin();
  e.quantity = {dice.raw()};
  e.price = {dice.raw()};
  e.id = dice.text<64>();
  e.new_id = dice.text<64>();
  return e;
}

inline core::FillEvent random_fill(Dice& dice) {
  core::FillEvent e{};
  e.client = dice.one_of<ClientIndex>(65'536);
  e.account = dice.one_of<AccountIndex>(65'536);
  e.strategy = dice.one_of<StrategyIndex>(65'536);
  e.side = dice.one_of<Side>(3);
  e.symbol = dice.one_of<SymbolIndex>(1U << 31);
  e.quantity = {dice.raw()};
  e.price = {dice.raw()};
  e.fee_low = static_cast<std::uint64_t>(dice.raw());
  e.fee_high = static_cast<std::uint64_t>(dice.raw());
  e.id = dice.text<64>();
  e.exec_id = dice.text<64>();
  return e;
}

inline core::SizeEvent random_size(Dice& dice) {
  core::SizeEvent e{};
  e.symbol = dice.one_of<SymbolIndex>(1U << 31);
  e.client = dice.one_of<ClientIndex>(65'536);
  e.account = dice.one_of<AccountIndex>(65'536);
  e.strategy = dice.one_of<StrategyIndex>(65'536);
  e.side = dice.one_of<Side>(3);
  e.market = dice.coin();
  e.by_edge = dice.coin();
  e.price = {dice.raw()};
  for (std::int64_t* number : {&e.edge, &e.horizon_days, &e.win_probability, &e.payoff, &e.confidence}) {
    *number = dice.raw();
  }
  return e;
}

inline core::ControlEvent random_control(Dice& dice) {
  core::ControlEvent e{};
  e.command = dice.one_of<core::Command>(5);
  e.new_baseline = dice.coin();
  e.whole_limit = dice.coin();
  e.stage = dice.one_of<ResumeStage>(3);
  e.limit = dice.one_of<LimitIndex>(1U << 31);
  e.on = dice.scope();
  e.max_low = static_cast<std::uint64_t>(dice.raw());
  e.max_high = static_cast<std::uint64_t>(dice.raw());
  e.until = {dice.raw()};
  e.operator_name = dice.text<32>();
  e.reason = dice.text<127>();
  return e;
}

inline core::Event random_event(Dice& dice) {
  core::Event event{};
  event.t = {dice.raw()};
  event.type = static_cast<core::EventType>(1 + dice.below(static_cast<std::uint64_t>(core::EventType::Deliver)));
  switch (event.type) {
    case core::EventType::Client: event.client = {dice.text<32>()}; break;
    case core::EventType::Mark:
    case core::EventType::Rate:
      event.mark = {static_cast<std::uint32_t>(dice.below(1U << 31)), 0, {dice.raw()}, {dice.raw()}, {dice.raw()}};
      break;
    case core::EventType::Intent: event.intent = random_intent(dice); break;
    case core::EventType::Replace: event.replace = random_replace(dice); break;
    case core::EventType::Ack:
    case core::EventType::Cancel:
    case core::EventType::Done:
    case core::EventType::Deliver:
      event.order = {dice.one_of<ClientIndex>(65'536), dice.one_of<DoneWhy>(4), {}, dice.text<64>()};
      break;
    case core::EventType::Fill: event.fill = random_fill(dice); break;
    case core::EventType::Equity:
      event.equity = {dice.one_of<AccountIndex>(65'536), {}, static_cast<std::uint64_t>(dice.raw()), 7};
      break;
    case core::EventType::Control: event.control = random_control(dice); break;
    case core::EventType::Size: event.size = random_size(dice); break;
    default: break;
  }
  return event;
}

inline Value random_value(Dice& dice) {
  Value value{};
  value.kind = dice.one_of<ValueKind>(6);
  if (value.kind == ValueKind::Absent) return value;
  value.raw_low = static_cast<std::uint64_t>(dice.raw());
  value.raw_high = static_cast<std::uint64_t>(dice.raw());
  return value;
}

inline core::Verdict random_verdict(Dice& dice) {
  core::Verdict v{};
  v.decision = dice.one_of<Decision>(4);
  v.reason = dice.one_of<Reason>(20);
  v.has_on = dice.coin();
  if (dice.coin()) v.limit = dice.one_of<LimitIndex>(1U << 31);
  if (v.has_on) v.on = dice.scope();
  v.quantity = {dice.raw()};
  v.value = random_value(dice);
  v.max = random_value(dice);
  return v;
}

inline core::Line random_line(Dice& dice) {
  core::Line line{};
  line.type = dice.one_of<core::LineType>(9);
  line.state = dice.one_of<State>(3);
  line.client = dice.one_of<ClientIndex>(65'536);
  line.limit = dice.one_of<LimitIndex>(1U << 31);
  line.on = dice.scope();
  line.value = random_value(dice);
  line.max = random_value(dice);
  line.id = dice.text<64>();
  line.cause = dice.text<127>();
  if (line.type == core::LineType::Liquidation) line.order = {Side::Sell, dice.coin(), {dice.raw()}, {dice.raw()}};
  if (line.type == core::LineType::Scale) {
    line.scaling = {dice.one_of<MarketInput>(4), dice.raw(), dice.raw(), dice.raw()};
  }
  return line;
}

// An output of any type, as a record of its own.
inline journal::Record random_output(Dice& dice) {
  journal::Record record{};
  record.type = static_cast<journal::RecordType>(32 + dice.below(5));
  record.t = {dice.raw()};
  switch (record.type) {
    case journal::RecordType::Error: record.error = dice.one_of<core::EventError>(17); break;
    case journal::RecordType::Verdict:
      record.verdict = random_verdict(dice);
      record.client = dice.one_of<ClientIndex>(65'536);
      record.basis = {{dice.raw()}, {dice.raw()}, static_cast<std::uint64_t>(dice.raw())};
      if (record.verdict.limit != LimitIndex::None && dice.coin()) record.shrinking = {dice.raw(), dice.text<127>()};
      break;
    case journal::RecordType::Objection:
      record.objection = {dice.one_of<LimitIndex>(1U << 31), dice.scope(), random_value(dice), random_value(dice)};
      break;
    case journal::RecordType::Sized:
      record.sized.quantity = {dice.raw()};
      record.sized.binding = dice.one_of<Constraint>(6);
      for (std::int64_t& quantity : record.sized.constraints) quantity = dice.raw();
      break;
    default: record.line = random_line(dice);
  }
  return record;
}

// Appends an event or an output to the ring, as the dice say.
inline void append_random(journal::RingProducer& producer, Dice& dice) {
  if (dice.coin()) return producer.append(random_event(dice));
  const journal::Record output = random_output(dice);
  journal::EncodedRecords encoded;
  encoded.append_output(output);
  producer.put(output.type, [&](auto& words) {
    for (const std::uint64_t word : encoded.records[0].words()) words.value(word);
  });
}

}  // namespace bulwark::test
