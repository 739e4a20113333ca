// SPDX-License-Identifier: Apache-2.0
// A size: how much of a trade each constraint would allow, and the smallest of them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "client/arguments.hpp"
#include "shm/size_message.h"

namespace bulwark {

struct Trade {
  std::string_view symbol{};
  SideWord side{};           // "buy" or "sell"
  Number price{};            // absent: a market order
  Number edge{};             // expected return, a fraction, over horizon_days
  Number horizon_days{};     // absent: 1
  Number win_probability{};  // in place of an edge, with the payoff: what is won for one that is lost
  Number payoff{};
  Number confidence{};  // 0 to 1; absent: 1
};

struct Size {
  Quantity quantity{};                                                       // 0: nothing
  std::string_view binding;                                                  // the constraint that it comes from
  std::array<std::optional<Quantity>, constraint_names.size()> constraints;  // absent: not configured

  std::optional<Quantity> of(Constraint constraint) const { return constraints[static_cast<std::size_t>(constraint)]; }
};

namespace client {

inline std::int64_t above_zero(std::string_view argument, const Number& number, std::int64_t otherwise) {
  if (number.absent()) return otherwise;
  const int128 raw = number.raw(argument, decimal_raw_max);
  if (raw <= 0) throw Error(std::string(argument) + ": " + format_decimal(raw) + " is not positive");
  return static_cast<std::int64_t>(raw);
}

inline std::int64_t share(std::string_view argument, const Number& number, std::int64_t otherwise) {
  if (number.absent()) return otherwise;
  const int128 raw = number.raw(argument, decimal_raw_max);
  if (raw < 0 || raw > unit)
    throw Error(std::string(argument) + ": " + format_decimal(raw) + " is no share from 0 to 1");
  return static_cast<std::int64_t>(raw);
}

inline shm::Request request_of(const Trade& trade) {
  require_name("symbol", trade.symbol);
  shm::Request request;
  request.kind = shm::MessageKind::Size;
  request.side = trade.side.side();
  request.no_price = trade.price.absent();
  request.price = {above_zero("price", trade.price, 0)};
  request.prospect.by_edge = !trade.edge.absent();
  const bool by_chance = !trade.win_probability.absent() && !trade.payoff.absent();
  const bool half_of_it = trade.win_probability.absent() != trade.payoff.absent();
  if (request.prospect.by_edge == by_chance || half_of_it) {
    throw Error("edge: is missing, or given twice; a size has an edge, or win_probability and payoff");
  }
  if (!by_chance) {
    request.prospect.edge_or_chance = static_cast<std::int64_t>(trade.edge.raw("edge", decimal_raw_max));
    request.prospect.horizon_or_payoff = above_zero("horizon_days", trade.horizon_days, unit);
  } else {
    above_zero("horizon_days", trade.horizon_days, unit);
    request.prospect.edge_or_chance = share("win_probability", trade.win_probability, 0);
    request.prospect.horizon_or_payoff = above_zero("payoff", trade.payoff, unit);
  }
  request.prospect.confidence = share("confidence", trade.confidence, unit);
  return request;
}

inline Size size_of(const shm::SizeAnswer& answer) {
  Size size;
  for (std::size_t k = 0; k < answer.constraints.size(); ++k) {
    if (answer.constraints[k] >= 0) size.constraints[k] = Quantity{answer.constraints[k]};
  }
  size.binding = name_of(constraint_names, answer.binding);
  const auto binding = static_cast<std::size_t>(answer.binding);
  if (binding < size.constraints.size()) size.quantity = size.constraints[binding].value_or(Quantity{});
  return size;
}

}  // namespace client
}  // namespace bulwark
