// SPDX-License-Identifier: Apache-2.0
#include "sidecar/view/book.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/errands.h"
#include "shm/decimal.h"
#include "sidecar/journal/reader.h"
#include "sidecar/journal/recovery.h"
#include "sidecar/simulate/outcome_writer.h"
#include "sidecar/simulate/recorded_rules.h"

namespace bulwark::view {

using Json = nlohmann::ordered_json;

std::unique_ptr<core::Engine> book_of(const std::string& journal_directory) {
  std::vector<std::string> remarks;
  journal::Replay replay = journal::newest_replay(journal_directory, simulate::recorded_rules, remarks);
  journal::JournalReader reader(journal_directory, replay.sequence + 1);
  for (journal::Record record; reader.next(record);) replay.apply(record);
  // A torn tail is the record that is being written now.
  if (reader.ending().kind == journal::EndKind::Damaged) {
    throw journal::JournalError(reader.ending().text());
  }
  if (replay.engine == nullptr) throw journal::JournalError("the journal holds nothing yet");
  return std::move(replay.engine);
}

// Working orders that were asked to be cancelled: what a liquidation waits for.
static Json cancels_json(const core::Engine& engine) {
  const core::Names& names = engine.names();
  Json rows = Json::array();
  core::Errands(engine).each_cancel([&](const core::Order& order, const Id& id, const Sentence& cause) {
    const bool known = order.client != ClientIndex::None;
    rows.push_back({{"id", id.view()},
                    {"client", known ? Json(names.clients.name(order.client)) : Json(nullptr)},
                    {"account", names.accounts.name(order.account)},
                    {"strategy", names.strategies.name(order.strategy)},
                    {"symbol", names.symbols.name(order.symbol)},
                    {"cause", cause.view()}});
  });
  return rows;
}

// Orders of liquidations that are not over, and who has each: null, nobody yet.
static Json liquidations_json(const core::Engine& engine) {
  const core::Names& names = engine.names();
  const core::Errands errands(engine);
  Json rows = Json::array();
  for (std::size_t k = 0; k < errands.count(); ++k) {
    const core::LiquidationOrder order = errands.order(k);
    const bool taken = order.client != ClientIndex::None;
    rows.push_back({{"id", order.id.view()},
                    {"account", names.accounts.name(order.party.account)},
                    {"strategy", names.strategies.name(order.party.strategy)},
                    {"symbol", names.symbols.name(order.party.symbol)},
                    {"side", name_of(side_names, order.terms.side)},
                    {"quantity", to_text(order.terms.quantity)},
                    {"price", order.terms.market ? Json(nullptr) : Json(to_text(order.terms.price))},
                    {"client", taken ? Json(names.clients.name(order.client)) : Json(nullptr)},
                    {"cause", order.cause.view()}});
  }
  return rows;
}

Json book_json(core::Engine& engine) {
  std::string line;
  simulate::OutcomeWriter(engine).write_snapshot(line);
  Json book = Json::parse(line);
  book.erase("type");
  book["cancels"] = cancels_json(engine);
  book["liquidations"] = liquidations_json(engine);
  return book;
}

// ------------------------------------------------------------------------------------------------ controls

// The keys that the configuration names, with "*" where each one is judged separately.
static Json configured_scope(const core::Engine& engine, const core::CompiledLimit& limit) {
  const core::Names& names = engine.names();
  Json on = Json::object();
  const auto add = [&on](const char* key, bool each, const auto& list, auto index) {
    if (each) on[key] = "*";
    else if (at(index) != 0) on[key] = list.name(index);
  };
  add("symbol", limit.each_symbol, names.symbols, limit.named.symbol);
  add("sector", limit.each_sector, names.sectors, limit.named.sector);
  add("account", limit.each_account, names.accounts, limit.named.account);
  add("strategy", limit.each_strategy, names.strategies, limit.named.strategy);
  add("client", limit.each_client, names.clients, limit.named.client);
  return on;
}

static Json scope_json(const core::Engine& engine, const Scope& on) {
  core::CompiledLimit exact{};
  exact.named = on;
  return configured_scope(engine, exact);
}

// Money and quantities are text; counts and fractions are plain numbers.
static Json shown(const Value& value) {
  if (value.kind == ValueKind::Null || value.kind == ValueKind::Absent) return nullptr;
  if (value.kind == ValueKind::Fraction) return value.fraction();
  if (value.kind == ValueKind::Count && value.raw() % unit == 0) return static_cast<std::int64_t>(value.raw() / unit);
  return format_decimal(value.raw());
}

static void add_age(const core::Symbol& symbol, TimeNs now, Json& row) {
  if (!symbol.has_mark) return;
  const std::int64_t age_ns = std::max<std::int64_t>(0, now.ns - symbol.marked.ns);
  if (row["age_ns"].is_null() || row["age_ns"] < age_ns) row["age_ns"] = age_ns;
}

// The oldest mark that a scope's value rests on, and what is missing of it.
static void add_inputs(const core::Engine& engine, Metric metric, const Scope& on, TimeNs now, Json& row) {
  const core::Book& book = engine.book();
  for (const std::uint32_t index : book.live_rows) {
    const core::Row& position = book.rows[index];
    const SymbolIndex name = book.symbol_of(index);
    const core::Symbol& symbol = engine.market().symbols[at(name)];
    const core::Party party{name, symbol.sector, book.account_of(index), book.strategy_of(index), ClientIndex::None};
    const bool held = position.position != 0 || position.working_buy != 0 || position.working_sell != 0;
    if (!held || !core::within(on, party)) continue;
    add_age(symbol, now, row);
    if (!symbol.valued() && row["value"].is_null()) {
      row["why"] = fmt::format("{}: no {}", engine.names().symbols.name(name), symbol.has_mark ? "rate" : "mark");
      return;
    }
  }
  if (!row["value"].is_null()) return;
  row["why"] = metric == Metric::Drawdown ? "the peak of the equity is not above zero, or a currency has no rate"
                                          : "the model lacks a symbol, or the equity is not above zero";
}

// A breaker rests on what has happened; one that follows prices on every mark in its scope.
static void add_happenings(const core::Engine& engine, Metric metric, const Scope& on, TimeNs now, Json& row) {
  if (metric == Metric::StaleMark) return add_inputs(engine, metric, on, now, row);
  const auto& symbols = engine.market().symbols;
  for (std::size_t k = 1; core::follows_prices(metric) && k < symbols.size(); ++k) {
    const bool inside =
        (at(on.symbol) == 0 || at(on.symbol) == k) && (at(on.sector) == 0 || on.sector == symbols[k].sector);
    if (inside) add_age(symbols[k], now, row);
  }
  if (!row["value"].is_null()) return;
  row["why"] = metric == Metric::VolatilitySpike
                   ? "a symbol has moved that the model lacks, or more happened than the engine keeps"
                   : "more happened in its window than the engine keeps";
}

// Has anything been traded that the limit covers? Whose order it was, a row does not say.
static bool has_covered(const core::Engine& engine, core::CompiledLimit limit) {
  limit.named.client = ClientIndex::None;
  limit.each_client = false;
  limit.name_keys();
  const core::Book& book = engine.book();
  return std::any_of(book.live_rows.begin(), book.live_rows.end(), [&](std::uint32_t row) {
    const SymbolIndex symbol = book.symbol_of(row);
    return limit.covers({symbol, engine.market().symbols[at(symbol)].sector, book.account_of(row),
                         book.strategy_of(row), ClientIndex::None});
  });
}

Json controls_json(core::Engine& engine, TimeNs now) {
  const auto& limits = engine.limits().all;
  const auto readings = engine.readings(core::Kind::Breaker);
  Json rows = Json::array();
  for (std::uint32_t k = 0; k < limits.size(); ++k) {
    const std::string name(engine.names().limits.name(limits[k].index));
    const auto control = [&](const Json& on, const Json& value, std::size_t slot) {
      Json row{{"limit", name},
               {"on", on},
               {"metric", name_of(metric_names, limits[k].metric)},
               {"value", value},
               {"max", shown(engine.shown_max(k, slot))},
               {"age_ns", nullptr}};
      const core::Shrinking shrinking = engine.shrinking(k, engine.limits().slots[slot].on);
      if (shrinking.factor != unit)
        row["scaled"] = {{"factor", quotient(shrinking.factor, unit)}, {"cause", shrinking.cause.view()}};
      return row;
    };
    const std::size_t before = rows.size();
    for (const core::Reading& reading : readings) {
      if (reading.limit != k) continue;
      const Scope& on = engine.limits().slots[reading.slot].on;
      Json row = control(scope_json(engine, on), shown(reading.value), reading.slot);
      if (limits[k].kind == core::Kind::Breaker) add_happenings(engine, limits[k].metric, on, now, row);
      else add_inputs(engine, limits[k].metric, on, now, row);
      rows.push_back(row);
    }
    if (rows.size() != before) continue;
    // Judged only when an order comes, or nothing has happened in any of its scopes.
    rows.push_back(control(configured_scope(engine, limits[k]), nullptr, limits[k].slot_base));
    if (!has_covered(engine, limits[k])) rows.back()["why"] = "never evaluated: nothing that it covers has been traded";
  }
  return rows;
}

Json stale_json(const core::Engine& engine, TimeNs now) {
  const core::Book& book = engine.book();
  std::vector<SymbolIndex> symbols;
  for (const std::uint32_t index : book.live_rows) {
    const core::Row& row = book.rows[index];
    const core::Symbol& symbol = engine.market().symbols[at(book.symbol_of(index))];
    const bool fresh = symbol.has_mark && !engine.market().stale(symbol.marked, now);
    if (!fresh && (row.position != 0 || row.working_buy != 0 || row.working_sell != 0))
      symbols.push_back(book.symbol_of(index));
  }
  std::sort(symbols.begin(), symbols.end());
  symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
  Json rows = Json::array();
  for (const SymbolIndex name : symbols) {
    const core::Symbol& symbol = engine.market().symbols[at(name)];
    rows.push_back(
        {{"symbol", engine.names().symbols.name(name)},
         {"age_ns", symbol.has_mark ? Json(std::max<std::int64_t>(0, now.ns - symbol.marked.ns)) : nullptr}});
  }
  return rows;
}

}  // namespace bulwark::view
