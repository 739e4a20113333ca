// SPDX-License-Identifier: Apache-2.0
// What is known of a metric without any number: its kind, what it counts, where it may stand.
#pragma once

#include "shm/words.h"

namespace bulwark::core {

// The order of kinds is the order in which limits object (contract, section 2).
enum class Kind : std::uint8_t { Order, Flow, Exposure, Model, State, Breaker };

constexpr Kind kind_of(Metric metric) {
  if (metric <= Metric::SelfTrade) return Kind::Order;
  if (metric <= Metric::OpenOrders) return Kind::Flow;
  if (metric <= Metric::Concentration) return Kind::Exposure;
  if (metric <= Metric::StressLoss) return Kind::Model;
  if (metric <= Metric::Drawdown) return Kind::State;
  return Kind::Breaker;
}

constexpr ValueKind value_kind_of(Metric metric) {
  switch (metric) {
    case Metric::OrderQuantity:
    case Metric::Position: return ValueKind::Quantity;
    case Metric::OrderNotional:
    case Metric::Turnover:
    case Metric::Long:
    case Metric::Short:
    case Metric::Gross:
    case Metric::Net:
    case Metric::CorrelatedExposure:
    case Metric::Var:
    case Metric::Es:
    case Metric::StressLoss:
    case Metric::DailyLoss: return ValueKind::Money;
    case Metric::AdvShare:
    case Metric::PriceCollar:
    case Metric::Leverage:
    case Metric::Concentration:
    case Metric::Volatility:
    case Metric::Drawdown:
    case Metric::PriceMove:
    case Metric::VolatilitySpike: return ValueKind::Fraction;
    default: return ValueKind::Count;
  }
}

// A breaker that follows the prices of symbols (core/price_moves.h).
constexpr bool follows_prices(Metric metric) {
  return metric == Metric::PriceMove || metric == Metric::VolatilitySpike;
}

constexpr bool has_confidence(Metric metric) { return metric == Metric::Var || metric == Metric::Es; }

constexpr bool needs_window(Metric metric) {
  return (metric >= Metric::OrderRate && metric <= Metric::RepeatedExecution) || kind_of(metric) == Kind::Breaker;
}

// Its value changes with the equity of an account, so it is looked at again whenever that moves.
constexpr bool divides_by_equity(Metric metric) {
  return metric == Metric::Leverage || metric == Metric::Concentration || metric == Metric::Volatility ||
         metric == Metric::Drawdown;
}

// `position` and `concentration` are about one symbol: without `symbol` they act as with symbol = "*".
constexpr bool is_per_symbol(Metric metric) { return metric == Metric::Position || metric == Metric::Concentration; }

}  // namespace bulwark::core
