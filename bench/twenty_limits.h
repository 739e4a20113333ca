// SPDX-License-Identifier: Apache-2.0
// What is measured by: 32 symbols, one account, 20 limits that touch every order, a book that holds something, and the
// orders that are asked about. None of them reduces, so that every limit has to be judged.
#pragma once

#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "core/engine.h"

namespace bulwark::bench {

inline constexpr std::uint32_t symbol_count = 32, sector_count = 4;
inline constexpr std::int64_t reference_raw = 100 * unit, tick_raw = unit / 100, quantity_raw = 10 * unit;
inline constexpr DurationNs window = milliseconds(10);  // at full speed it holds some 10,000 orders
inline constexpr std::string_view account_name = "DESK", strategy_name = "maker", client_name = "bench";

inline core::Limit limit_of(Metric metric, core::On on, std::int64_t max) {
  core::Limit limit;
  limit.metric = metric;
  limit.on = std::move(on);
  limit.max = static_cast<int128>(max) * unit;
  if (core::needs_window(metric)) limit.window = window;
  return limit;
}

inline std::vector<core::Limit> twenty_limits() {
  constexpr std::int64_t plenty = 1'000'000'000;
  const core::On each_symbol{"*", "", "", "", ""}, sector{"", "*", "", "", ""}, account{"", "", "DESK", "", ""},
      strategy{"", "", "", "maker", ""}, client{"", "", "", "", "bench"}, all{};
  std::vector<core::Limit> limits{
      limit_of(Metric::OrderQuantity, each_symbol, 10'000),
      limit_of(Metric::OrderNotional, account, 1'000'000),
      limit_of(Metric::PriceCollar, all, 1),
      limit_of(Metric::OrderRate, client, plenty),
      limit_of(Metric::OrderRate, account, plenty),
      limit_of(Metric::MessageRate, client, plenty),
      limit_of(Metric::Duplicate, all, plenty),
      limit_of(Metric::OpenOrders, account, plenty),
      limit_of(Metric::Position, each_symbol, 1'000'000),
      limit_of(Metric::Long, account, plenty),
      limit_of(Metric::Short, account, plenty),
      limit_of(Metric::Gross, all, plenty),
      limit_of(Metric::Gross, sector, plenty),
      limit_of(Metric::Gross, strategy, plenty),
      limit_of(Metric::Net, all, plenty),
      limit_of(Metric::Net, account, plenty),
      limit_of(Metric::Leverage, account, 10),
      limit_of(Metric::Concentration, account, 10),
      limit_of(Metric::DailyLoss, account, plenty),
      limit_of(Metric::DailyLoss, strategy, plenty),
  };
  for (std::size_t k = 0; k < limits.size(); ++k) limits[k].name = "limit-" + std::to_string(k + 1);
  return limits;
}

inline core::Rules rules_with(std::vector<core::Limit> limits) {
  core::Rules rules;
  rules.stale_after = milliseconds(365LL * 86'400'000);  // nobody publishes marks while it is measured
  for (std::uint32_t k = 0; k < symbol_count; ++k) {
    core::Instrument instrument;
    instrument.symbol = "SYM" + std::to_string(k + 1);
    instrument.sector = "sector" + std::to_string(k % sector_count + 1);
    instrument.currency = rules.base_currency;
    rules.instruments.push_back(instrument);
  }
  rules.accounts.push_back({std::string(account_name), {static_cast<int128>(100'000'000) * unit}});
  rules.strategies.push_back({std::string(strategy_name), std::string(account_name)});
  rules.limits = std::move(limits);
  return rules;
}

inline core::Event event_at(TimeNs t, core::EventType type) {
  core::Event event{};
  event.t = t;
  event.type = type;
  return event;
}

// A distinct id for each number, written as gateways write them.
inline Id id_of(std::uint64_t number) {
  std::array<char, 24> text{'O', 'R', 'D', '-'};
  const auto [end, failure] = std::to_chars(text.data() + 4, text.data() + text.size(), 100'000'000'000 + number);
  return Id::from({text.data(), static_cast<std::size_t>(end - text.data())});
}

// Odd symbols are held long and bought, even ones held short and sold, at sixteen prices around the reference.
struct Ask {
  SymbolIndex symbol;
  Side side;
  Price price;

  static Ask of(std::uint64_t number) {
    const auto symbol = static_cast<std::uint32_t>(number % symbol_count) + 1;
    const auto step = static_cast<std::int64_t>(number / symbol_count % 16) - 8;
    return {SymbolIndex{symbol}, symbol % 2 == 1 ? Side::Buy : Side::Sell, Price{reference_raw + step * tick_raw}};
  }
};

inline core::Event intent_of(std::uint64_t number, TimeNs t) {
  const Ask ask = Ask::of(number);
  core::Event event = event_at(t, core::EventType::Intent);
  event.intent.symbol = ask.symbol;
  event.intent.client = ClientIndex{1};
  event.intent.account = AccountIndex{1};
  event.intent.strategy = StrategyIndex{1};
  event.intent.side = ask.side;
  event.intent.gate = core::Gate::Open;
  event.intent.quantity = {quantity_raw};
  event.intent.price = ask.price;
  event.intent.id = id_of(number);
  return event;
}

inline core::Event order_event_of(core::EventType type, std::uint64_t number, TimeNs t) {
  core::Event event = event_at(t, type);
  event.order.client = ClientIndex{1};
  event.order.why = type == core::EventType::Done ? DoneWhy::Canceled : DoneWhy::None;
  event.order.id = id_of(number);
  return event;
}

inline core::Event mark_of(std::uint32_t symbol, Price bid, TimeNs t) {
  core::Event event = event_at(t, core::EventType::Mark);
  event.mark = {symbol, 0, bid, Price{bid.raw + 2 * tick_raw}, Price{0}};
  return event;
}

inline core::Event position_of(std::uint32_t symbol, TimeNs t) {
  core::Event event = event_at(t, core::EventType::Fill);
  event.fill.client = ClientIndex{1};
  event.fill.account = AccountIndex{1};
  event.fill.strategy = StrategyIndex{1};
  event.fill.side = symbol % 2 == 1 ? Side::Buy : Side::Sell;
  event.fill.symbol = SymbolIndex{symbol};
  event.fill.quantity = {1'000 * unit};
  event.fill.price = {reference_raw};
  event.fill.id = Id::from("POSITION-" + std::to_string(symbol));
  event.fill.exec_id = event.fill.id;
  return event;
}

inline core::Event client_at(TimeNs t) {
  core::Event event = event_at(t, core::EventType::Client);
  event.client.name = Name::from(client_name);
  return event;
}

// A client, marks and positions: the state in which orders are asked about.
inline void fill_book(core::Engine& engine, TimeNs t) {
  engine.apply(client_at(t));
  for (std::uint32_t symbol = 1; symbol <= symbol_count; ++symbol) {
    engine.apply(mark_of(symbol, Price{reference_raw - tick_raw}, t));
    engine.apply(position_of(symbol, t));
  }
}

}  // namespace bulwark::bench
