// SPDX-License-Identifier: Apache-2.0
// A small desk for tests of the engine: one account, one strategy, one client, one symbol at most 100 units long or
// short.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "core/engine.h"
#include "shm/decimal.h"

namespace bulwark::core {

inline Rules desk_rules() {
  Rules rules;
  rules.instruments = {Instrument{"AAPL", "Technology", "USD"}};
  rules.accounts = {Account{"ACC1", {static_cast<int128>(1'000'000) * unit}}};
  rules.strategies = {Strategy{"momo", "ACC1"}};
  Limit position;
  position.name = "position";
  position.metric = Metric::Position;
  position.max = static_cast<int128>(100) * unit;
  rules.limits = {position};
  return rules;
}

struct Desk {
  Rules rules = desk_rules();
  Engine engine;
  TimeNs t{1'000'000'000};

  explicit Desk(Capacity capacity = {}) : engine(rules, capacity) {
    Event event{};
    event.type = EventType::Client;
    event.client.name = Name::from("c1");
    EXPECT_EQ(engine.apply(event), EventError::None);
    mark("100");
  }
  Event event(EventType type) const {
    Event result{};
    result.t = t;
    result.type = type;
    return result;
  }
  static std::int64_t raw(std::string_view text) {
    return static_cast<std::int64_t>(parse_decimal(text, decimal_raw_max).raw);
  }
  void mark(std::string_view last) {
    Event mark = event(EventType::Mark);
    mark.mark.symbol = 1;
    mark.mark.last = {raw(last)};
    EXPECT_EQ(engine.apply(mark), EventError::None);
  }
  Event intent(std::string_view id, Side side, std::int64_t quantity) const {
    Event result = event(EventType::Intent);
    result.intent = {};
    result.intent.symbol = SymbolIndex{1};
    result.intent.client = ClientIndex{1};
    result.intent.account = AccountIndex{1};
    result.intent.strategy = StrategyIndex{1};
    result.intent.side = side;
    result.intent.gate = Gate::Open;
    result.intent.quantity = {quantity * unit};
    result.intent.price = {100 * unit};
    result.intent.id = Id::from(id);
    return result;
  }
  Decision ask(std::string_view id, Side side, std::int64_t quantity) {
    EXPECT_EQ(engine.apply(intent(id, side, quantity)), EventError::None);
    return engine.verdict().decision;
  }
  void fill(std::string_view id, std::string_view exec_id, std::int64_t quantity) {
    Event fill = event(EventType::Fill);
    fill.fill = {};
    fill.fill.id = Id::from(id);
    fill.fill.exec_id = Id::from(exec_id);
    fill.fill.quantity = {quantity * unit};
    fill.fill.price = {100 * unit};
    EXPECT_EQ(engine.apply(fill), EventError::None);
  }
  void done(std::string_view id) {
    Event done = event(EventType::Done);
    done.order = {};
    done.order.id = Id::from(id);
    done.order.why = DoneWhy::Canceled;
    EXPECT_EQ(engine.apply(done), EventError::None);
  }
};

}  // namespace bulwark::core
