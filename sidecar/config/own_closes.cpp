// SPDX-License-Identifier: Apache-2.0
// The closes that an instance has seen itself, a session each, in the folder of its journal.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sidecar/config/csv.h"
#include "sidecar/config/model_reading.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {

using Day = std::map<std::string_view, double>;

// Where they begin the file's own way, only from as many dates as an estimate needs.
static bool begin(model::Closes& closes, const std::map<std::string_view, Day>& days) {
  if (days.size() < model::dates_min) return false;
  for (const auto& [symbol, price] : days.rbegin()->second) closes.symbols.emplace_back(symbol);
  return true;
}

void add_own_closes(model::Closes& closes, std::string_view text, const std::string& file,
                    const std::vector<std::string>& symbols, Report& report) {
  std::map<std::string_view, Day> days;
  const std::string newest = newest_date();
  each_line(text, [&](int number, const std::vector<std::string_view>& fields) {
    const std::optional<double> price = fields.size() == 3 ? price_of(fields[2]) : std::nullopt;
    if (!price || !is_date(fields[0]) || fields[0] > newest)
      return report.mistake({file, number, {}}, "line",
                            "needed is date,symbol,close: a date that has come, a price from 1e-12 to 1e15");
    const bool known = std::binary_search(symbols.begin(), symbols.end(), fields[1]);
    if (known && (closes.dates.empty() || fields[0] > closes.dates.back())) days[fields[0]][fields[1]] = *price;
  });
  if (closes.symbols.empty() && !begin(closes, days)) return;
  const std::size_t count = closes.symbols.size();
  for (const auto& [date, prices] : days) {
    std::vector<double> row;
    for (const std::string& symbol : closes.symbols) {
      if (const auto found = prices.find(symbol); found != prices.end()) row.push_back(found->second);
    }
    if (row.size() != count) continue;
    closes.dates.emplace_back(date);
    closes.prices.insert(closes.prices.end(), row.begin(), row.end());
  }
  if (closes.dates.size() < model::dates_min || count > model::symbols_max) closes = {};
}

}  // namespace bulwark::config
