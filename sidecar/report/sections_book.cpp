// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sidecar/report/sections.h"
#include "sidecar/report/svg.h"
#include "sidecar/report/table.h"
#include "sidecar/report/words.h"

namespace bulwark::report {

using Json = nlohmann::ordered_json;

namespace {

// The rows with the largest number first, whatever its sign.
std::vector<Json> largest_first(const Json& rows, const char* key) {
  std::vector<Json> sorted(rows.begin(), rows.end());
  std::stable_sort(sorted.begin(), sorted.end(), [key](const Json& a, const Json& b) {
    return std::abs(number_of(a[key])) > std::abs(number_of(b[key]));
  });
  return sorted;
}

std::string name_of_row(const Json& row, const char* kind) {
  return row[kind].is_null() ? "no " + std::string(kind) : plain(row[kind]);
}

std::string attribution(const Json& profit, const char* rows, const char* kind) {
  Table table({kind, ">profit", ">realised", ">unrealised", ">fees", ">share of equity"});
  for (const Json& row : largest_first(profit[rows], "profit"))
    table.row({name_of_row(row, kind), money(row["profit"]), money(row["realised"]), money(row["unrealised"]),
               money(row["fees"]), percent(row["contribution"])});
  return table.html("Nothing was held or traded.", 12);
}

std::string exposures(const Json& exposure, const char* rows, const char* kind) {
  Table table({kind, ">gross", ">net", ">adds to the VaR"});
  for (const Json& row : largest_first(exposure[rows], "gross"))
    table.row({name_of_row(row, kind), money(row["gross"]), money(row["net"]), money(row["component_var"])});
  return table.html("Nothing is held.", 12);
}

}  // namespace

std::string profit_section(const Json& document) {
  const Json& profit = document["profit"];
  std::string html = heading("Profit and loss");
  if (!profit["why_not"].is_null()) html += paragraph("Not known: " + plain(profit["why_not"]) + ".");
  html += profit_picture(document);
  Table equity({">equity at the start", ">paid in", ">profit", ">equity at the end", ">deepest drawdown", "at"});
  equity.row({money(profit["equity"]["start"]), money(profit["equity"]["paid_in"]), money(profit["profit"]),
              money(profit["equity"]["end"]), percent(profit["drawdown"]["largest"]),
              short_moment(profit["drawdown"]["at"])});
  html += equity.html("");
  for (const auto& [rows, kind] :
       {std::pair{"accounts", "account"}, {"strategies", "strategy"}, {"sectors", "sector"}, {"symbols", "symbol"}})
    html += smaller_heading(fmt::format("By {}", kind)) + attribution(profit, rows, kind);
  return html;
}

std::string exposure_section(const Json& document) {
  const Json& exposure = document["exposures"];
  std::string html = heading("Exposures at the end");
  Table all({">gross", ">net", ">long", ">short"});
  all.row({money(exposure["gross"]), money(exposure["net"]), money(exposure["long"]), money(exposure["short"])});
  html += all.html("");
  html += sectors_picture(document);
  if (exposure["sectors"].size() != 0)
    html += paragraph("The bar is the gross exposure, the black tick the net one.", "note");
  Table symbols({"symbol", ">position", ">reference price", ">gross", ">net", ">adds to the VaR"});
  for (const Json& row : largest_first(exposure["symbols"], "gross"))
    symbols.row({plain(row["symbol"]), amount(row["position"]), plain(row["reference"]), money(row["gross"]),
                 money(row["net"]), money(row["component_var"])});
  html += smaller_heading("By symbol") + symbols.html("Nothing is held.", 15);
  html += smaller_heading("By account") + exposures(exposure, "accounts", "account");
  return html + smaller_heading("By strategy") + exposures(exposure, "strategies", "strategy");
}

std::string risk_section(const Json& document) {
  const Json &risk = document["risk"], &test = document["backtest"], &model = risk["model"];
  std::string html = heading("Value at risk and expected shortfall of one day");
  if (!risk["why_not"].is_null()) html += paragraph("Not everything is known: " + plain(risk["why_not"]) + ".");
  Table measures({fmt::format("method, at {}", level(risk["confidence"])), ">VaR", ">ES"});
  for (const char* method : {"parametric", "historical", "filtered"})
    measures.row({method, money(risk["var"][method]), money(risk["es"][method])});
  html += measures.html("");
  if (model["version"].is_null()) html += paragraph("There is no model.", "note");
  else {
    html += paragraph(
        fmt::format("Model {}{}; annual volatility of equity {}.", plain(model["version"]),
                    model["to"].is_null() ? "; the days that it was made of are not at hand"
                                          : fmt::format(", {} days up to {}", plain(model["days"]), plain(model["to"])),
                    percent(risk["volatility"])),
        "note");
  }
  html += smaller_heading("Has the VaR held?");
  if (!test["why_not"].is_null())
    html += paragraph("The record of sessions cannot be read: " + plain(test["why_not"]) + ".");
  Table tests({"traffic light", ">sessions", ">exceptions", ">as traded", ">missed", ">Kupiec p", ">independence p",
               ">coverage p", ">multiplier"});
  const auto p = [&test](const char* name) {
    return test[name].is_null() ? std::string(unknown_words)
                                : fmt::format("{:.3f}", test[name]["p_value"].get<double>());
  };
  tests.row({plain(test["basel_zone"]), plain(test["sessions"]), plain(test["exceptions"]["frozen"]),
             plain(test["exceptions"]["actual"]), plain(test["sessions_missed"]), p("kupiec"),
             p("christoffersen_independence"), p("christoffersen_conditional_coverage"),
             plain(test["basel_multiplier"])});
  html += tests.html("");
  const std::string drawn = sessions_picture(document);
  if (drawn.empty())
    return html + paragraph("Fewer than two sessions have been observed: there is nothing to draw.", "nothing");
  return html + drawn +
         paragraph(
             "Each bar is what the book of a session's start made in it (hollow: profit, filled: loss), the dashed "
             "line its "
             "VaR; a cross marks an exception.",
             "note");
}

std::string stress_section(const Json& document) {
  const Json& stress = document["stress"];
  std::string html = heading("Stress scenarios");
  Table table({"scenario", ">loss", ">share of equity"});
  const double equity = number_of(document["profit"]["equity"]["end"]);
  if (!stress.is_null()) {
    std::vector<Json> rows(stress["losses"].begin(), stress["losses"].end());
    std::stable_sort(rows.begin(), rows.end(), [](const Json& a, const Json& b) { return a["loss"] > b["loss"]; });
    for (const Json& row : rows)
      table.row({plain(row["scenario"]), money(row["loss"]),
                 equity > 0 ? percent(row["loss"].get<double>() / equity) : unknown_words});
  }
  return html + table.html(document["risk"]["model"]["version"].is_null() ? "There is no model."
                           : stress.is_null() ? "Not known: the model lacks something that is held."
                                              : "The model has no scenarios.",
                           20);
}

}  // namespace bulwark::report
