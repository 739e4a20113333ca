// SPDX-License-Identifier: Apache-2.0
#include "sidecar/operator/status_text.h"

#include <fmt/format.h>

namespace bulwark::command {

using Json = nlohmann::ordered_json;

static constexpr std::int64_t stale_ns = 1'000'000'000;

std::string plain(const Json& value) {
  if (value.is_null()) return "-";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string scope_text(const Json& on) {
  std::string text;
  for (const auto& [key, name] : on.items()) text += (text.empty() ? "" : ", ") + key + " " + plain(name);
  return text.empty() ? "everything" : text;
}

std::string money(const Json& value) { return value.is_null() ? "-" : fmt::format("{:.2f}", std::stod(plain(value))); }

std::string book_text(const Json& book) {
  std::string text = fmt::format("  {:<10} {:<8} {:<10} {:>10} {:>14} {:>14} {:>14} {:>8}\n", "account", "symbol",
                                 "strategy", "position", "average cost", "realised", "unrealised", "working");
  std::size_t flat = 0;
  for (const Json& row : book["positions"]) {
    const bool working = row["working_buy"] != "0" || row["working_sell"] != "0";
    if (row["position"] == "0" && !working) {
      ++flat;
      continue;
    }
    text += fmt::format("  {:<10} {:<8} {:<10} {:>10} {:>14} {:>14} {:>14} {:>8}\n", plain(row["account"]),
                        plain(row["symbol"]), plain(row["strategy"]), plain(row["position"]),
                        money(row["average_cost"]), money(row["realised"]), money(row["unrealised"]),
                        "+" + plain(row["working_buy"]) + "/-" + plain(row["working_sell"]));
  }
  if (flat != 0) text += fmt::format("  and {} flat\n", flat);
  for (const Json& row : book["accounts"]) {
    text += fmt::format("  account {:<10} equity {:>14}, profit today {:>12}\n", plain(row["account"]),
                        money(row["equity"]), money(row["profit_today"]));
  }
  for (const Json& row : book["cancels"]) {
    text += fmt::format("  order {} of client {} in {} is asked to be cancelled, and not done yet ({})\n",
                        plain(row["id"]), plain(row["client"]), plain(row["symbol"]), plain(row["cause"]));
  }
  for (const Json& row : book["liquidations"]) {
    text += fmt::format("  {}: {} {} {} of {}, {}\n", plain(row["id"]), plain(row["side"]), plain(row["quantity"]),
                        plain(row["symbol"]), plain(row["account"]),
                        row["client"].is_null() ? "which no client has taken" : "with client " + plain(row["client"]));
  }
  for (const Json& row : book["states"]) {
    text += fmt::format("  {} is {} ({})\n", scope_text(row["on"]), plain(row["state"]), plain(row["cause"]));
  }
  return text;
}

std::string controls_text(const Json& controls) {
  std::string text;
  for (const Json& row : controls) {
    text += fmt::format(
        "  {:<22} {:<16} {:>20} of {:<16} {}{}{}\n", plain(row["limit"]), plain(row["metric"]), plain(row["value"]),
        plain(row["max"]), scope_text(row["on"]),
        row["age_ns"].is_null() ? "" : fmt::format(", inputs {} ms old", row["age_ns"].get<std::int64_t>() / 1'000'000),
        row.contains("why") ? ": " + plain(row["why"]) : "");
  }
  return text;
}

// ------------------------------------------------------------------------------------------------ risk

std::string share(const Json& value) {
  return value.is_null() ? "-" : fmt::format("{:.2f} %", 100 * value.get<double>());
}

static std::string measures_text(const Json& risk) {
  std::string text = fmt::format("  one day at {}: {:>14} {:>14}\n", share(risk["confidence"]), "VaR", "ES");
  for (const char* method : {"parametric", "historical", "filtered"}) {
    text += fmt::format("    {:<17} {:>14} {:>14}\n", method, money(risk["var"][method]), money(risk["es"][method]));
  }
  if (!risk["why_not"].is_null()) text += "  not everything is known: " + risk["why_not"].get<std::string>() + "\n";
  const Json& stress = risk["stress"];
  if (!stress.is_null() && !stress["worst_scenario"].is_null()) {
    text += fmt::format("  worst scenario: {} loses {}\n", stress["worst_scenario"].get<std::string>(),
                        money(stress["worst_loss"]));
  }
  return text;
}

static std::string backtest_text(const Json& backtest, bool modelled) {
  if (!backtest["why_not"].is_null())
    return "  NO BACK-TEST OF THE VAR until the next start: " + backtest["why_not"].get<std::string>() + "\n";
  if (!modelled) return {};
  return fmt::format("  back-test of its VaR: {} exceptions in {} sessions, {}\n",
                     backtest["exceptions"]["frozen"].get<int>(), backtest["sessions"].get<int>(),
                     backtest["basel_zone"].get<std::string>());
}

static std::string model_text(const Json& risk) {
  const Json &model = risk["model"], &backtest = risk["backtest"];
  if (model["version"].is_null()) return "  no model\n" + backtest_text(backtest, false);
  std::string text = fmt::format("  model {}, {} days", model["version"].get<std::string>(), model["days"].get<int>());
  if (!model["to"].is_null()) text += " up to " + model["to"].get<std::string>();
  text += "\n";
  if (!model["refusal"].is_null()) text += "  A NEW MODEL WAS REFUSED: " + model["refusal"].get<std::string>() + "\n";
  return text + backtest_text(backtest, true);
}

std::string risk_text(const Json& risk) {
  std::string text;
  if (risk["age_ns"] > stale_ns)
    text += fmt::format("  STALE: so it was {:.1f} s ago\n", risk["age_ns"].get<double>() / 1e9);
  const Json &profit = risk["profit"], &exposure = risk["exposure"];
  text += fmt::format("  profit today {}, realised {}, unrealised {}, fees {}\n", money(profit["today"]),
                      money(profit["realised"]), money(profit["unrealised"]), money(profit["fees"]));
  text += fmt::format("  equity {}, drawdown {}\n", money(risk["equity"]), share(risk["drawdown"]));
  text += fmt::format("  gross {}, net {}, long {}, short {}\n", money(exposure["gross"]), money(exposure["net"]),
                      money(exposure["long"]), money(exposure["short"]));
  text += measures_text(risk) + model_text(risk);
  const std::pair<const char*, const char*> tables[] = {
      {"symbols", "symbol"}, {"sectors", "sector"}, {"accounts", "account"}, {"strategies", "strategy"}};
  for (const auto& [table, kind] : tables) {
    if (risk[table].empty()) continue;
    text += fmt::format("  {:<16} {:>14} {:>14} {:>14} {:>14}\n", kind, "profit today", "gross", "net", "VaR of it");
    for (const Json& row : risk[table]) {
      text +=
          fmt::format("  {:<16} {:>14} {:>14} {:>14} {:>14}\n", row[kind].get<std::string>(),
                      money(row["profit_today"]), money(row["gross"]), money(row["net"]), money(row["component_var"]));
    }
  }
  return text;
}

}  // namespace bulwark::command
