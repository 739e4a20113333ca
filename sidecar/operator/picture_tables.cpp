// SPDX-License-Identifier: Apache-2.0
#include "sidecar/operator/picture_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sidecar/config/moment.h"
#include "sidecar/operator/happening_text.h"
#include "sidecar/operator/status_text.h"

namespace bulwark::command {

using Json = nlohmann::ordered_json;

static std::string bar(double use, std::size_t width) {
  const auto full = static_cast<std::size_t>(std::lround(std::clamp(use, 0.0, 1.0) * static_cast<double>(width)));
  return "[" + std::string(full, '#') + std::string(width - full, '.') + "]";
}

// Quantities to the last decimal, money and shares for people.
static std::string measured(const Json& value, const Json& metric) {
  if (value.is_number_float()) return fmt::format("{:.4g}", value.get<double>());
  const bool quantity = metric == "position" || metric == "order_quantity";
  return value.is_string() && !quantity ? amount(value) : plain(value);
}

// What is used most; what no order has brought a value yet comes last.
Section limits_table(const Seen& seen, std::size_t columns) {
  const std::size_t wide = columns >= 100 ? 1 : 0, name = 16 + 8 * wide, on = 14 + 8 * wide, length = 8 + 4 * wide;
  Section table{"limits",
                left("", name + 1) + left("on", on + 1) + left("use", length + 14) + "value of max",
                {},
                "no limit has a value"};
  std::vector<const Json*> used;
  if (!seen.state["controls"].is_null()) {
    for (const Json& row : seen.state["controls"]) {
      if (!row["use"].is_null()) used.push_back(&row);
    }
  }
  std::ranges::stable_sort(used, std::greater{}, [](const Json* row) { return (*row)["use"].get<double>(); });
  for (const Json* row : used) {
    const auto use = (*row)["use"].get<double>();
    const Mark mark = use > 1 ? Mark::Alarm : use >= use_warns ? Mark::Warn : Mark::None;
    table.rows.push_back({{left(plain((*row)["limit"]), name) + " " + left(scope_text((*row)["on"]), on) + " "},
                          {fmt::format("{} {:>7.1f} %", bar(use, length), 100 * use), mark},
                          {fmt::format(" {} {} of {}", use > 1 ? "!" : " ", measured((*row)["value"], (*row)["metric"]),
                                       measured((*row)["max"], (*row)["metric"]))}});
  }
  return table;
}

static const Json* row_of(const Json& table, const char* key, const Json& name) {
  if (!table.is_array()) return nullptr;
  const auto found = std::ranges::find_if(table, [&](const Json& row) { return row[key] == name; });
  return found == table.end() ? nullptr : &*found;
}

static Word money_word(const Json& value, std::size_t width) {
  const std::string text = amount(value);
  return {right(text, width), text.starts_with('-') && text != "-" ? Mark::Warn : Mark::None};
}

Section accounts_table(const Seen& seen) {
  Section table{
      "accounts",
      left("", 16) + right("equity", 16) + right("profit today", 15) + right("gross", 16) + right("VaR of it", 14),
      {},
      "no account is known"};
  if (seen.state["accounts"].is_null()) return table;
  const Json& risk = seen.state["risk"];
  for (const Json& row : seen.state["accounts"]) {
    const Json* live = risk.is_null() ? nullptr : row_of(risk["accounts"], "account", row["account"]);
    const auto of_risk = [&](const char* key) { return live == nullptr ? Json(nullptr) : (*live)[key]; };
    table.rows.push_back({{left(plain(row["account"]), 16)},
                          money_word(row["equity"], 16),
                          money_word(row["profit_today"], 15),
                          money_word(of_risk("gross"), 16),
                          money_word(of_risk("component_var"), 14)});
  }
  return table;
}

Section positions_table(const Seen& seen) {
  Section table{
      "positions by VaR",
      left("", 16) + right("net", 16) + right("profit today", 15) + right("gross", 16) + right("VaR of it", 14),
      {},
      "no position is known"};
  if (!seen.symbols.is_array()) return table;
  std::vector<const Json*> held;
  for (const Json& row : seen.symbols) {
    if (row["gross"].is_null() || row["gross"] != 0.0) held.push_back(&row);
  }
  const auto size = [](const Json* row) {
    const Json& var = (*row)["component_var"];
    return var.is_null() ? -1.0 : std::abs(var.get<double>());
  };
  std::ranges::stable_sort(held, std::greater{}, size);
  for (const Json* row : held) {
    table.rows.push_back({{left(plain((*row)["symbol"]), 16)},
                          money_word((*row)["net"], 16),
                          money_word((*row)["profit_today"], 15),
                          money_word((*row)["gross"], 16),
                          money_word((*row)["component_var"], 14)});
  }
  return table;
}

// How long its checks took is known where it counts them.
Section clients_table(const Seen& seen) {
  Section table{"clients",
                left("", 25) + right("pid", 8) + "  " + left("last stop", 20) + right("p50", 10) + right("p99", 10),
                {},
                "no client is attached"};
  const auto us = [](const Json& row, const char* key) {
    const auto found = row.find(key);
    return found == row.end() || found->is_null() ? std::string("-")
                                                  : fmt::format("{:.2f} us", found->get<double>() / 1000);
  };
  for (const Json& row : seen.state["status"]["clients"]) {
    const bool acknowledged = row["acknowledged"].get<bool>();
    table.rows.push_back(
        {{left(plain(row["client"]), 25) + right(plain(row["pid"]), 8) + "  "},
         {left(acknowledged ? "acknowledged" : "NOT ACKNOWLEDGED", 20), acknowledged ? Mark::None : Mark::Alarm},
         {right(us(row, "p50_ns"), 10) + right(us(row, "p99_ns"), 10)}});
  }
  return table;
}

static std::string time_of_day(const Json& t) {
  const std::string moment = config::show_moment({t.get<std::int64_t>()});  // 2026-11-22T15:00:00Z
  return moment.size() >= 19 ? moment.substr(11, 8) : moment;
}

Section happenings_table(const Seen& seen) {
  Section table{"what has happened, the newest first", "", {}, "nothing has happened", false};
  for (auto row = seen.happened.rbegin(); row != seen.happened.rend(); ++row) {
    const std::string text = happening_text(*row);
    const bool grave = text.starts_with("breach") || text.find(" is halted") != std::string::npos;
    table.rows.push_back({{time_of_day((*row)["t"]) + " ", Mark::Faint}, {text, grave ? Mark::Warn : Mark::None}});
  }
  return table;
}

}  // namespace bulwark::command
