// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/profits.h"

#include <algorithm>
#include <utility>

#include "shm/decimal.h"
#include "sidecar/process/risk_picture.h"

namespace bulwark::report {

using Json = nlohmann::ordered_json;
using core::to_model;

static constexpr std::size_t points_max = 480;

Profits::Money& Profits::Money::operator+=(const Money& by) {
  profit += by.profit;
  realised += by.realised;
  fees += by.fees;
  known = known && by.known;
  return *this;
}

std::map<Profits::Key, Profits::Money> Profits::moneys_of(const core::Engine& engine) {
  const core::Book& book = engine.book();
  std::map<Key, Money> moneys;
  for (const std::uint32_t index : book.live_rows) {
    const core::Row& row = book.rows[index];
    const core::Symbol& symbol = engine.market().symbols[at(book.symbol_of(index))];
    const std::int64_t rate = symbol.has_rate ? symbol.rate : 0;
    moneys[{book.account_of(index), book.strategy_of(index), book.symbol_of(index)}] = {
        row.profit, round8(row.realised, rate), round8(row.fees, rate), symbol.has_rate};
  }
  return moneys;
}

Profits::Balance Profits::balance_of(const core::Engine& engine, std::size_t account) {
  const core::AccountState& state = engine.book().accounts[account];
  return {state.equity(), state.configured + state.deposits, state.rows_without_rate == 0};
}

void Profits::begin(const core::Engine* engine) {
  begun_ = engine != nullptr;
  if (engine == nullptr) return;
  rows_ = moneys_of(*engine);
  for (std::size_t k = 0; k < engine->book().accounts.size(); ++k) balances_.push_back(balance_of(*engine, k));
}

void Profits::follow(const core::Engine& engine) {
  const core::AccountState& all = engine.book().accounts[0];
  if (all.rows_without_rate != 0 || (!balances_.empty() && !balances_[0].known)) return;
  const double equity = to_model(all.equity()), peak = to_model(all.peak);
  const double drawdown = peak > 0 ? std::max(0.0, 1 - equity / peak) : 0;
  if (drawdown > largest_) {
    largest_ = drawdown;
    largest_at_ = engine.now();
  }
  const int128 before = balances_.empty() ? 0 : balances_[0].equity - balances_[0].paid_in;
  if (!engine.started()) return;
  const Point point{engine.now(), to_model(all.profit - before), drawdown};
  add(point);
  // Whatever the span, it is drawn with so many points: stretches grow where they are too many.
  while (points_.size() > points_max) {
    step_ns_ *= 2;
    for (const Point& one : std::exchange(points_, {})) add(one);
  }
}

void Profits::add(const Point& point) {
  if (points_.empty() || points_.back().t.ns / step_ns_ != point.t.ns / step_ns_) return points_.push_back(point);
  points_.back() = {point.t, point.profit, std::max(points_.back().drawdown, point.drawdown)};
}

// An account that came to be within the span began with what was configured.
Profits::Balance Profits::opening(const core::Engine& engine, std::size_t account) const {
  if (account < balances_.size()) return balances_[account];
  const core::AccountState& state = engine.book().accounts[account];
  return {state.configured, state.configured};
}

Json Profits::Balance::equity_json() const { return known ? Json(format_decimal(equity)) : Json(nullptr); }

Json Profits::json_of(const Money& money, const Balance& opening) const {
  const auto shown = [&money](int128 amount) { return money.known ? Json(format_decimal(amount)) : Json(nullptr); };
  const auto equity = opening.above_zero();
  return {{"profit", shown(money.profit)},
          {"realised", shown(money.realised)},
          {"unrealised", shown(money.profit - money.realised + money.fees)},
          {"fees", shown(money.fees)},
          {"contribution", money.known && equity ? Json(to_model(money.profit) / to_model(*equity)) : Json(nullptr)}};
}

Json Profits::table(const char* kind, const std::map<Group, Money>& groups, const Balance& opening) const {
  Json rows = Json::array();
  for (const auto& [group, money] : groups) {
    Json row{{kind, group.first == 0 ? Json(nullptr) : Json(group.second)}};
    row.update(json_of(money, opening));
    rows.push_back(std::move(row));
  }
  return rows;
}

Json Profits::end(const core::Engine& engine) const {
  const core::Names& names = engine.names();
  Money all;
  std::map<Group, Money> accounts, strategies, sectors, symbols;
  for (const auto& [key, closing] : moneys_of(engine)) {
    const auto& [account, strategy, symbol] = key;
    const auto before = rows_.find(key);
    const Money money = before == rows_.end() ? closing : closing - before->second;
    const SectorIndex sector = engine.market().symbols[at(symbol)].sector;
    all += money;
    accounts[{at(account), names.accounts.name(account)}] += money;
    strategies[{at(strategy), names.strategies.name(strategy)}] += money;
    sectors[{at(sector), names.sectors.name(sector)}] += money;
    symbols[{at(symbol), names.symbols.name(symbol)}] += money;
  }
  const Balance before = opening(engine, 0), after = balance_of(engine, 0);
  const core::AccountState& state = engine.book().accounts[0];
  Json json = json_of(all, before);
  json["why_not"] = nullptr;
  if (!after.known) json["why_not"] = process::rate_lacking(engine);
  else if (!all.known) json["why_not"] = "a currency had no rate when it began";
  json["equity"] = {{"start", before.equity_json()},
                    {"paid_in", format_decimal(after.paid_in - before.paid_in)},
                    {"end", after.equity_json()}};
  const double peak = to_model(state.peak);
  json["drawdown"] = {
      {"largest", largest_},
      {"at", largest_ > 0 ? Json(largest_at_.ns) : Json(nullptr)},
      {"end", after.known && peak > 0 ? Json(std::max(0.0, 1 - to_model(after.equity) / peak)) : Json(nullptr)}};
  json["accounts"] = table("account", accounts, before);
  for (Json& row : json["accounts"]) {
    const std::size_t account = at(names.accounts.find(row["account"].get<std::string>()));
    row["equity"] = balance_of(engine, account).equity_json();
  }
  json["strategies"] = table("strategy", strategies, before);
  json["sectors"] = table("sector", sectors, before);
  json["symbols"] = table("symbol", symbols, before);
  return json;
}

Json Profits::track() const {
  Json rows = Json::array();
  for (const Point& point : points_)
    rows.push_back({{"t", point.t.ns}, {"profit", point.profit}, {"drawdown", point.drawdown}});
  return rows;
}

}  // namespace bulwark::report
