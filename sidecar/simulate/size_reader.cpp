// SPDX-License-Identifier: Apache-2.0
// The line of a `size`: a view of a trade, as an edge or as a chance to win.
#include "sidecar/simulate/event_reader.h"

namespace bulwark::simulate {

void EventReader::read_size(core::Event& event) {
  const ClientIndex from = client(false);
  event.type = core::EventType::Size;
  event.size = {};
  core::SizeEvent& size = event.size;
  size.client = from;
  size.strategy = engine_.names().strategies.find(text("strategy", true, 32));
  size.account = has("account") ? engine_.names().accounts.find(text("account", true, 32))
                                : engine_.default_account(size.strategy);
  size.symbol = engine_.names().symbols.find(text("symbol", true, 32));
  size.side = side(true);
  size.market = !has("price");
  const auto above_zero = [this](std::string_view name, std::int64_t otherwise) {
    if (!has(name)) return otherwise;
    const int128 raw = decimal(name, true, decimal_raw_max);
    if (raw <= 0) wrong(name, "is not positive");
    return static_cast<std::int64_t>(raw);
  };
  const auto share = [this](std::string_view name, std::int64_t otherwise) {
    if (!has(name)) return otherwise;
    const int128 raw = decimal(name, true, decimal_raw_max);
    if (raw < 0 || raw > unit) wrong(name, "is not a share from 0 to 1");
    return static_cast<std::int64_t>(raw);
  };
  size.price = {above_zero("price", 0)};
  size.by_edge = has("edge");
  size.edge = static_cast<std::int64_t>(decimal("edge", false, decimal_raw_max));
  size.horizon_days = above_zero("horizon_days", unit);
  size.win_probability = share("win_probability", 0);
  size.payoff = above_zero("payoff", unit);
  size.confidence = share("confidence", unit);
  const bool by_chance = has("win_probability") && has("payoff");
  const bool half_of_it = has("win_probability") != has("payoff");
  if (size.by_edge == by_chance || half_of_it) {
    wrong("edge", "is missing, or given twice: a size has edge, or win_probability and payoff");
  }
}

}  // namespace bulwark::simulate
