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

void add_line(const ordered_json& json, std::string& out) { out += json.dump() + "\n"; }

}  // namespace

OutcomeWriter::OutcomeWriter(core::Engine& engine)
    : engine_(engine), json_(engine.names(), [&engine](LimitIndex index) {
        for (const core::CompiledLimit& limit : engine.limits().all) {
          if (limit.index == index) return OutputJson::About{limit.metric, limit.action};
        }
        return OutputJson::About{};
      }) {}

void OutcomeWriter::write_outcome(const core::Event& event, std::string& out) const {
  const auto lines = engine_.lines();
  const std::size_t before = engine_.lines_before_verdict();
  for (const core::Line& line : lines.first(before)) add_line(json_.line(event.t, line), out);
  if (engine_.has_verdict()) {
    const Id& id = event.type == core::EventType::Intent ? event.intent.id : event.replace.new_id;
    add_line(json_.verdict(event.t, id, engine_.verdict_client(), engine_.verdict(), engine_.verdict_shrinking()), out);
  }
  if (engine_.has_sized()) add_line(OutputJson::sized(event.t, engine_.sized()), out);
  for (const core::Line& line : lines.subspan(before)) add_line(json_.line(event.t, line), out);
}

void OutcomeWriter::write_error(std::size_t line, std::string_view message, TimeNs t, std::string& out) {
  ordered_json json = OutputJson::begin("error", t);
  json["line"] = line;
  json["message"] = message;
  add_line(json, out);
}

void OutcomeWriter::write_snapshot(std::string& out) const {
  ordered_json json = OutputJson::begin("snapshot", engine_.started() ? engine_.now() : TimeNs{0});
  json["positions"] = positions_json(engine_);
  json["accounts"] = accounts_json(engine_);
  ordered_json limits = ordered_json::array();
  for (const core::Reading& reading : engine_.readings()) {
    const core::CompiledLimit& limit = engine_.limits().all[reading.limit];
    limits.push_back({{"limit", engine_.names().limits.name(limit.index)},
                      {"on", json_.scope(engine_.limits().slots[reading.slot].on)},
                      {"value", OutputJson::value(reading.value)},
                      {"max", OutputJson::value(engine_.shown_max(reading.limit, reading.slot))}});
  }
  json["limits"] = limits;
  ordered_json states = ordered_json::array();
  for (const core::Latch& latch : engine_.latches()) {
    states.push_back(
        {{"on", json_.scope(latch.on)}, {"state", name_of(state_names, latch.state)}, {"cause", latch.cause.view()}});
  }
  json["states"] = states;
  add_line(json, out);
}

}  // namespace bulwark::simulate
