// SPDX-License-Identifier: Apache-2.0
// The broker's positions, read and compared. What is done about a difference is in reconcile_command.cpp.
#include "sidecar/operator/reconcile.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "shm/decimal.h"
#include "shm/latch.h"
#include "sidecar/config/csv.h"

namespace bulwark::command {

namespace {

constexpr std::string_view columns[] = {"account", "symbol", "position"};
constexpr std::size_t account_column = 0, symbol_column = 1, position_column = 2;

using Fields = std::vector<std::string_view>;
using Key = std::pair<std::string, std::string>;  // account and symbol

}  // namespace

std::vector<BrokerPosition> parse_positions(std::string_view text, const std::string& name,
                                            std::vector<std::string>& mistakes) {
  std::vector<BrokerPosition> rows;
  std::vector<std::size_t> places;
  std::map<Key, int> lines;
  const auto mistake = [&](int line, const std::string& what) {
    mistakes.push_back(fmt::format("{}:{}: {}", name, line, what));
  };
  bool headed = true;  // without a header nothing can be said of the other lines
  const auto take_header = [&](int line, const Fields& fields) {
    for (const std::string_view column : columns) {
      const auto found = std::find(fields.begin(), fields.end(), column);
      places.push_back(static_cast<std::size_t>(found - fields.begin()));
      if (found != fields.end()) continue;
      mistake(line, fmt::format("the header line has no column \"{}\"", column));
      headed = false;
    }
  };
  config::each_line(text, [&](int line, const Fields& fields) {
    if (places.empty()) return take_header(line, fields);
    if (!headed) return;
    const std::size_t needed = *std::max_element(places.begin(), places.end());
    if (fields.size() <= needed) return mistake(line, "this line has too few fields");
    const Decimal position = parse_decimal(fields[places[position_column]], decimal_raw_max);
    const Key key{fields[places[account_column]], fields[places[symbol_column]]};
    if (key.first.empty() || key.second.empty()) return mistake(line, "account or symbol is empty");
    if (position.error != DecimalError::None) {
      return mistake(line, fmt::format("position \"{}\" {}", shm::printable(fields[places[position_column]]),
                                       describe(position.error)));
    }
    if (const auto [first, fresh] = lines.emplace(key, line); !fresh) {
      return mistake(line, fmt::format("{} of account {} stands in line {} already", shm::printable(key.second),
                                       shm::printable(key.first), first->second));
    }
    rows.push_back({line, key.first, key.second, static_cast<std::int64_t>(position.raw)});
  });
  if (places.empty()) mistake(1, "is empty; a header line \"account,symbol,position\" is wanted");
  return rows;
}

std::vector<Difference> compare(const core::Engine& engine, const std::vector<BrokerPosition>& broker) {
  const core::Names& names = engine.names();
  const core::Book& book = engine.book();
  std::map<Key, Difference> found;
  std::set<std::string> accounts;
  const auto entry = [&found](const Key& key) -> Difference& {
    const auto [place, fresh] = found.try_emplace(key);
    if (fresh) place->second = {key.first, key.second, 0, 0, 0, 0, {}};
    return place->second;
  };
  for (const BrokerPosition& row : broker) {
    accounts.insert(row.account);
    Difference& difference = entry({row.account, row.symbol});
    difference.broker = row.position;
    if (names.accounts.find(row.account) == AccountIndex::None) difference.why_not = "there is no such account";
    else if (names.symbols.find(row.symbol) == SymbolIndex::None) difference.why_not = "there is no such symbol";
  }
  for (const std::uint32_t row : book.live_rows) {
    const std::string& account = names.accounts.name(book.account_of(row));
    if (!accounts.contains(account)) continue;
    Difference& difference = entry({account, names.symbols.name(book.symbol_of(row))});
    difference.ours += book.rows[row].position;
    difference.working_buy += book.rows[row].working_buy;
    difference.working_sell += book.rows[row].working_sell;
  }
  std::vector<Difference> result;
  for (auto& [key, difference] : found) {
    if (difference.broker != difference.ours) result.push_back(std::move(difference));
  }
  return result;
}

}  // namespace bulwark::command
