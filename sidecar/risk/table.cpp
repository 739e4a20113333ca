// SPDX-License-Identifier: Apache-2.0
// Results for people: single values as one table, a column for whatever tells one from another; each matrix by itself.
#include <fmt/format.h>

#include <algorithm>

#include "sidecar/risk/report.h"

namespace bulwark::risk {

namespace {

using Row = std::vector<std::string>;

std::string cell(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
  return value.dump();
}

// The first row is the header; numbers stand to the right.
std::string aligned(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], row[k].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t k = 0; k < row.size(); ++k) {
      const bool last = k + 1 == row.size() || k > 0;
      line += last ? fmt::format("  {:>{}}", row[k], widths[k]) : fmt::format("{:<{}}", row[k], widths[k]);
    }
    text += line + "\n";
  }
  return text;
}

// Of days: for programs, not for eyes.
bool is_series(const Json& result) { return result["value"].is_array() && result.contains("dates"); }

bool is_table(const Json& result) { return result["value"].is_array() && result.contains("symbols"); }

std::string matrix_text(const Json& result) {
  std::vector<Row> rows{{""}};
  for (const Json& symbol : result["symbols"]) rows[0].push_back(cell(symbol));
  for (std::size_t k = 0; k < result["value"].size(); ++k) {
    const Json& line = result["value"][k];
    Row row{cell(result["symbols"][k])};
    if (line.is_array()) std::transform(line.begin(), line.end(), std::back_inserter(row), cell);
    else row.push_back(cell(line));
    rows.push_back(std::move(row));
  }
  if (!result["value"].empty() && !result["value"][0].is_array()) rows[0] = {"", "value"};
  std::string title = cell(result["name"]);
  for (const auto& [key, value] : result.items()) {
    if (key != "name" && key != "value" && key != "symbols") title += fmt::format(", {} {}", key, cell(value));
  }
  return title + "\n" + aligned(rows);
}

}  // namespace

std::string Report::text() const {
  Row keys;
  for (const Json& result : results_) {
    if (is_table(result) || is_series(result)) continue;
    for (const auto& [key, value] : result.items()) {
      if (key != "value" && !value.is_array() && std::find(keys.begin(), keys.end(), key) == keys.end())
        keys.push_back(key);
    }
  }
  std::vector<Row> rows;
  std::string matrices;
  for (const Json& result : results_) {
    if (is_series(result)) continue;
    if (is_table(result)) {
      matrices += "\n" + matrix_text(result);
      continue;
    }
    if (rows.empty()) {
      rows.push_back(keys);
      rows[0].push_back("value");
    }
    Row& row = rows.emplace_back();
    for (const std::string& key : keys) row.push_back(result.contains(key) ? cell(result[key]) : "");
    row.push_back(cell(result["value"]));
  }
  const std::string text = aligned(rows) + matrices;
  return text.substr(rows.empty() && !text.empty() ? 1 : 0);
}

}  // namespace bulwark::risk
