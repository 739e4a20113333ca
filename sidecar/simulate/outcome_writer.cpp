// SPDX-License-Identifier: Apache-2.0
#include "sidecar/simulate/outcome_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>
#include <vector>

#include "shm/decimal.h"

namespace bulwark::simulate {
namespace {

using nlohmann::ordered_json;

ordered_json scope_json(const core::Engine& engine, const Scope& scope) {
  const core::Names& names = engine.names();
  ordered_json json = ordered_json::object();
  if (at(scope.account) != 0) json["account"] = names.accounts.name(scope.account);
  if (at(scope.client) != 0) json["client"] = names.clients.name(scope.client);
  if (at(scope.sector) != 0) json["sector"] = names.sectors.name(scope.sector);
  if (at(scope.strategy) != 0) json["strategy"] = names.strategies.name(scope.strategy);
  if (at(scope.symbol) != 0) json["symbol"] = names.symbols.name(scope.symbol);
  return json;
}

// Money and quantities are text; counts and fractions are plain numbers.
ordered_json value_json(const Value& value) {
  switch (value.kind) {
    case ValueKind::Money:
    case ValueKind::Quantity: return format_decimal(value.raw());
    case ValueKind::Count: {
      if (value.raw() % unit == 0) return static_cast<std::int64_t>(value.raw() / unit);
      return quotient(value.raw(), unit);
    }
    case ValueKind::Fraction: return value.fraction();
    default: return nullptr;
  }
}

void add_line(const ordered_json& json, std::string& out) { out += json.dump() + "\n"; }

ordered_json start(std::string_view type, TimeNs t) {
  ordered_json json;
  json["type"] = type;
  json["t"] = t.ns;
  return json;
}

void write_verdict(const core::Engine& engine, const core::Event& event, std::string& out) {
  const core::Verdict& verdict = engine.verdict();
  const Id& id = event.type == core::EventType::Intent ? event.intent.id : event.replace.new_id;
  ordered_json json = start("verdict", event.t);
  json["id"] = id.view();
  if (at(engine.verdict_client()) != 0) json["client"] = engine.names().clients.name(engine.verdict_client());
  json["decision"] = name_of(decision_names, verdict.decision);
  json["quantity"] = to_text(verdict.quantity);
  if (verdict.decision != Decision::Accepted) {
    const bool by_limit = at(verdict.limit) != 0;
    std::string_view reason = name_of(reason_names, verdict.reason);
    if (verdict.reason == Reason::Limit) {
      for (const core::CompiledLimit& limit : engine.limits().all) {
        if (limit.index == verdict.limit) reason = name_of(metric_names, limit.metric);
      }
    }
    json["reason"] = reason;
    if (by_limit) json["limit"] = engine.names().limits.name(verdict.limit);
    if (verdict.has_on) json["on"] = scope_json(engine, verdict.on);
    if (by_limit) {
      json["value"] = value_json(verdict.value);
      json["max"] = value_json(verdict.max);
      const core::Shrinking& shrinking = engine.verdict_shrinking();
      if (shrinking.factor != unit)
        json["scaled"] = {{"factor", quotient(shrinking.factor, unit)}, {"cause", shrinking.cause.view()}};
    }
  }
  add_line(json, out);
}

void write_sized(const core::Engine& engine, TimeNs t, std::string& out) {
  const core::Sized& sized = engine.sized();
  ordered_json json = start("sized", t);
  json["quantity"] = to_text(sized.quantity);
  json["binding"] = name_of(constraint_names, sized.binding);
  ordered_json constraints = ordered_json::object();
  for (std::size_t k = 0; k < sized.constraints.size(); ++k) {
    const bool given = sized.constraints[k] != core::Sized::unconstrained;
    constraints[std::string(constraint_names[k])] =
        given ? ordered_json(format_decimal(sized.constraints[k])) : ordered_json(nullptr);
  }
  json["constraints"] = constraints;
  add_line(json, out);
}

void write_line(const core::Engine& engine, const core::Line& line, TimeNs t, std::string& out) {
  constexpr std::array<std::string_view, 9> types{"warning", "breach",      "cleared", "state",  "cancel_request",
                                                  "warning", "liquidation", "scale",   "warning"};
  ordered_json json = start(types[static_cast<std::size_t>(line.type)], t);
  const auto client = [&] {
    if (at(line.client) != 0) json["client"] = engine.names().clients.name(line.client);
  };
  switch (line.type) {
    case core::LineType::State:
      json["on"] = scope_json(engine, line.on);
      json["state"] = name_of(state_names, line.state);
      json["cause"] = line.cause.view();
      break;
    case core::LineType::CancelRequest:
      json["id"] = line.id.view();
      client();
      json["cause"] = line.cause.view();
      break;
    case core::LineType::StrayFill:
      json["id"] = line.id.view();
      client();
      json["message"] = line.cause.view();
      break;
    case core::LineType::Liquidation:
      json["id"] = line.id.view();
      json["symbol"] = engine.names().symbols.name(line.on.symbol);
      json["side"] = name_of(side_names, line.order.side);
      json["quantity"] = to_text(line.order.quantity);
      json["price"] = line.order.market ? ordered_json(nullptr) : ordered_json(to_text(line.order.price));
      json["account"] = engine.names().accounts.name(line.on.account);
      json["cause"] = line.cause.view();
      break;
    case core::LineType::Alarm: json["message"] = line.cause.view(); break;
    case core::LineType::Scale:
      json["on"] = scope_json(engine, line.on);
      json["cause"] = market_input_names[at(line.scaling.cause)];
      json["value"] = value_json(line.value);
      json["from"] = quotient(line.scaling.from, unit);
      json["to"] = quotient(line.scaling.to, unit);
      json["factor"] = quotient(line.scaling.factor, unit);
      break;
    default: {
      const core::CompiledLimit& limit = engine.limits().all[line.place - 1];
      json["limit"] = engine.names().limits.name(line.limit);
      json["on"] = scope_json(engine, line.on);
      json["metric"] = name_of(metric_names, limit.metric);
      json["value"] = value_json(line.value);
      json["max"] = value_json(line.max);
      json["action"] = name_of(action_names, limit.action);
    }
  }
  add_line(json, out);
}

ordered_json positions_json(const core::Engine& engine) {
  const core::Book& book = engine.book();
  const core::Names& names = engine.names();
  std::vector<std::uint32_t> rows(book.live_rows);
  std::sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto key = [&](std::uint32_t row) {
      return std::tie(names.accounts.name(book.account_of(row)), names.symbols.name(book.symbol_of(row)),
                      names.strategies.name(book.strategy_of(row)));
    };
    return key(a) < key(b);
  });
  ordered_json positions = ordered_json::array();
  for (const std::uint32_t index : rows) {
    const core::Row& row = book.rows[index];
    const core::Symbol& symbol = engine.market().symbols[at(book.symbol_of(index))];
    const int128 units = magnitude(row.position) * symbol.multiplier;
    const int128 average =
        units == 0 ? 0 : multiply_divide(magnitude(row.cost), static_cast<int128>(unit) * unit, units);
    positions.push_back({{"account", names.accounts.name(book.account_of(index))},
                         {"symbol", names.symbols.name(book.symbol_of(index))},
                         {"strategy", names.strategies.name(book.strategy_of(index))},
                         {"position", format_decimal(row.position)},
                         {"average_cost", format_decimal(average)},
                         {"realised", format_decimal(row.realised)},
                         {"unrealised", format_decimal(row.unrealised)},
                         {"fees", format_decimal(row.fees)},
                         {"working_buy", format_decimal(row.working_buy)},
                         {"working_sell", format_decimal(row.working_sell)}});
  }
  return positions;
}

ordered_json accounts_json(const core::Engine& engine) {
  const core::Book& book = engine.book();
  std::vector<int128> today(book.accounts.size(), 0);
  for (const std::uint32_t row : book.live_rows) today[at(book.account_of(row))] += book.rows[row].today();
  std::vector<AccountIndex> order;
  for (std::size_t k = 1; k < book.accounts.size(); ++k) order.push_back(AccountIndex(k));
  const auto& names = engine.names().accounts;
  std::sort(order.begin(), order.end(), [&](AccountIndex a, AccountIndex b) { return names.name(a) < names.name(b); });
  ordered_json accounts = ordered_json::array();
  for (const AccountIndex index : order) {
    const core::AccountState& account = book.accounts[at(index)];
    accounts.push_back({{"account", names.name(index)},
                        {"equity", format_decimal(account.equity())},
                        {"profit_today", format_decimal(today[at(index)])},
                        {"peak", format_decimal(account.peak)}});
  }
  return accounts;
}

}  // namespace

void OutcomeWriter::write_outcome(const core::Event& event, std::string& out) const {
  const auto lines = engine_.lines();
  const std::size_t before = engine_.lines_before_verdict();
  for (const core::Line& line : lines.first(before)) write_line(engine_, line, event.t, out);
  if (engine_.has_verdict()) write_verdict(engine_, event, out);
  if (engine_.has_sized()) write_sized(engine_, event.t, out);
  for (const core::Line& line : lines.subspan(before)) write_line(engine_, line, event.t, out);
}

void OutcomeWriter::write_error(std::size_t line, std::string_view message, TimeNs t, std::string& out) {
  ordered_json json = start("error", t);
  json["line"] = line;
  json["message"] = message;
  add_line(json, out);
}

void OutcomeWriter::write_snapshot(std::string& out) const {
  ordered_json json = start("snapshot", engine_.started() ? engine_.now() : TimeNs{0});
  json["positions"] = positions_json(engine_);
  json["accounts"] = accounts_json(engine_);
  ordered_json limits = ordered_json::array();
  for (const core::Reading& reading : engine_.readings()) {
    const core::CompiledLimit& limit = engine_.limits().all[reading.limit];
    limits.push_back({{"limit", engine_.names().limits.name(limit.index)},
                      {"on", scope_json(engine_, engine_.limits().slots[reading.slot].on)},
                      {"value", value_json(reading.value)},
                      {"max", value_json(engine_.shown_max(reading.limit, reading.slot))}});
  }
  json["limits"] = limits;
  ordered_json states = ordered_json::array();
  for (const core::Latch& latch : engine_.latches()) {
    states.push_back({{"on", scope_json(engine_, latch.on)},
                      {"state", name_of(state_names, latch.state)},
                      {"cause", latch.cause.view()}});
  }
  json["states"] = states;
  add_line(json, out);
}

}  // namespace bulwark::simulate
