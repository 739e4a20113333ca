// SPDX-License-Identifier: Apache-2.0
#include "sidecar/view/state.h"

#include <fmt/format.h>

#include "killswitch/documents.h"
#include "killswitch/refusal.h"
#include "sidecar/view/book.h"
#include "sidecar/view/orders.h"
#include "sidecar/view/risk.h"

namespace bulwark::view {

using Json = nlohmann::ordered_json;

// Money and quantities are text in a document.
static double number_of(const Json& value) {
  return value.is_string() ? std::stod(value.get<std::string>()) : value.get<double>();
}

static Json use_of(const Json& row) {
  if (row["value"].is_null() || row["max"].is_null() || number_of(row["max"]) <= 0) return nullptr;
  return number_of(row["value"]) / number_of(row["max"]);
}

Json ladder_of(const Json& controls, const core::Engine& engine) {
  Json rungs = Json::array();
  for (const Json& row : controls) {
    if (!row["on"].empty() || (row["metric"] != "daily_loss" && row["metric"] != "drawdown")) continue;
    const LimitIndex wanted = engine.names().limits.find(row["limit"].get<std::string>());
    for (const core::CompiledLimit& limit : engine.limits().all) {
      if (limit.index != wanted) continue;
      rungs.push_back({{"limit", row["limit"]},
                       {"metric", row["metric"]},
                       {"max", row["max"]},
                       {"action", name_of(action_names, limit.action)}});
    }
  }
  return rungs;
}

// What is held in a currency without a rate counts as nothing, which is no figure of an account.
static void forget_unknown(const core::Engine& engine, Json& accounts) {
  for (Json& row : accounts) {
    const AccountIndex account = engine.names().accounts.find(row["account"].get<std::string>());
    if (engine.book().accounts[at(account)].rows_without_rate != 0)
      row["equity"] = row["profit_today"] = row["peak"] = nullptr;
  }
}

static void add_book(Json& state, core::Engine& engine, TimeNs now) {
  const Json book = book_json(engine);
  for (const char* part : {"accounts", "positions", "states", "cancels", "liquidations"}) state[part] = book[part];
  forget_unknown(engine, state["accounts"]);
  state["stale"] = stale_json(engine, now);
  state["controls"] = controls_json(engine, now);
  for (Json& row : state["controls"]) row["use"] = use_of(row);
  state["ladder"] = ladder_of(state["controls"], engine);
  Json orders = orders_json(engine, orders_shown);
  state["orders"] = std::move(orders["newest"]);
  state["orders_count"] = orders["count"];
}

static Json risk_of(const kill::Instance& instance, std::string& why_not) {
  try {
    Json risk = risk_json(instance);
    risk.erase("symbols");  // these go another way, ten times a second
    return risk;
  } catch (const kill::Refusal& refusal) {
    if (why_not.empty()) why_not = refusal.what();
    return nullptr;
  }
}

Json state_json(const kill::Instance& instance, const Watcher& watcher, TimeNs now) {
  std::string why_not = watcher.why_not();
  Json state{{"type", "state"}, {"t", now.ns}, {"status", kill::status_json(instance)}};
  for (const char* part : {"accounts", "positions", "states", "cancels", "liquidations", "stale", "controls", "ladder",
                           "orders", "orders_count"}) {
    state[part] = nullptr;
  }
  if (watcher.engine() != nullptr) add_book(state, *watcher.engine(), now);
  else if (why_not.empty()) why_not = "the journal holds nothing yet";
  state["risk"] = risk_of(instance, why_not);
  state["build"] = {{"version", BULWARK_VERSION},
                    {"configuration", fmt::format("{:016x}", watcher.configuration())},
                    {"mode", instance.board && instance.board->mode_spins != 0 ? "spin" : "adaptive"},
                    {"lease_ms", instance.page->lease_ms}};
  state["why_not"] = why_not.empty() ? Json(nullptr) : Json(why_not);
  return state;
}

}  // namespace bulwark::view
