// SPDX-License-Identifier: Apache-2.0
#include "sidecar/view/orders.h"

#include <algorithm>

#include "core/errands.h"
#include "shm/decimal.h"

namespace bulwark::view {

using Json = nlohmann::ordered_json;

Json orders_json(const core::Engine& engine, std::size_t most) {
  std::vector<std::pair<core::Order, Id>> all;
  core::Errands(engine).each_working([&](const core::Order& order, const Id& id) { all.emplace_back(order, id); });
  const auto newer = [](const auto& a, const auto& b) { return a.first.number > b.first.number; };
  const std::size_t shown = std::min(most, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), all.end(), newer);
  const core::Names& names = engine.names();
  Json rows = Json::array();
  for (std::size_t k = 0; k < shown; ++k) {
    const auto& [order, id] = all[k];
    const bool known = order.client != ClientIndex::None;
    rows.push_back({{"client", known ? Json(names.clients.name(order.client)) : Json(nullptr)},
                    {"account", names.accounts.name(order.account)},
                    {"strategy", names.strategies.name(order.strategy)},
                    {"id", id.view()},
                    {"symbol", names.symbols.name(order.symbol)},
                    {"side", name_of(side_names, order.side)},
                    {"quantity", format_decimal(order.quantity)},
                    {"filled", format_decimal(order.filled)},
                    {"price", order.market ? Json(nullptr) : Json(format_decimal(order.price))},
                    {"cancel_asked", order.cancel_asked}});
  }
  return {{"count", all.size()}, {"newest", rows}};
}

}  // namespace bulwark::view
