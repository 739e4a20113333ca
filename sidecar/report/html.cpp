// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/html.h"

#include <fmt/format.h>

#include "sidecar/report/sections.h"
#include "sidecar/report/style.h"
#include "sidecar/report/svg.h"
#include "sidecar/report/table.h"
#include "sidecar/report/words.h"

namespace bulwark::report {

using Json = nlohmann::ordered_json;

namespace {

// At the foot of every page. Between quotes of CSS, which escapes in its own way: what is no plain letter is left out.
std::string page_style(const std::string& title) {
  std::string plain_title;
  for (const char c : title) {
    const bool letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    plain_title += letter || c == ' ' || c == '-' || c == ',' || c == '.' ? c : '_';
  }
  return "@page { size: A4; margin: 15mm 14mm 17mm; @bottom-left { content: \"" + plain_title +
         "\"; font: 8pt sans-serif; color: #555; } @bottom-right { content: \"page \" counter(page) \" of \" "
         "counter(pages); font: 8pt sans-serif; color: #555; } }\n";
}

std::string key_figures(const Json& document) {
  const Json &profit = document["profit"], &risk = document["risk"];
  double use = 0;
  std::string nearest;
  for (const Json& row : document["limits"]["limits"]) {
    if (row["use"].is_null() || row["use"].get<double>() <= use) continue;
    use = row["use"].get<double>();
    nearest = plain(row["limit"]);
  }
  const auto figure = [](const std::string& what, const std::string& value) {
    return "<td><span>" + escaped(what) + "</span><b>" + escaped(value) + "</b></td>";
  };
  return "<table class=\"key\"><tr>" + figure("profit, " + plain(document["base_currency"]), whole(profit["profit"])) +
         figure("equity at the end", whole(profit["equity"]["end"])) +
         figure("gross exposure", whole(document["exposures"]["gross"])) +
         figure("VaR of a day, parametric", whole(risk["var"]["parametric"])) +
         figure(nearest.empty() ? "largest use of a limit" : "largest use: " + nearest,
                nearest.empty() ? unknown_words : percent(use)) +
         "</tr></table>\n";
}

std::string decisions(const Json& summary) {
  if (summary["decisions"].empty()) return "<p class=\"calm\">Nothing needs a decision.</p>\n";
  std::string html = "<div class=\"decisions\"><b>" +
                     std::string(summary["decisions"].size() == 1 ? "This needs a decision" : "These need a decision") +
                     "</b><ol>";
  for (const Json& one : summary["decisions"]) html += "<li>" + escaped(plain(one)) + "</li>";
  return html + "</ol></div>\n";
}

}  // namespace

std::string html_of(const Json& document) {
  const Json& span = document["span"];
  const std::string title = fmt::format("Daily risk report, {}, {}", plain(document["instance"]), span_words(span));
  std::string html = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n";
  html += "<meta name=\"color-scheme\" content=\"light\">\n";
  html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html += "<title>" + escaped(title) + "</title>\n<style>" + style + page_style(title) + "</style></head>\n<body>\n";
  html += "<h1>" + escaped("Daily risk report: " + plain(document["instance"])) + "</h1>\n";
  html += paragraph(fmt::format("The {} ({}): {} to {} UTC{}. Money in {}, times in UTC. Made {} by Bulwark {}.",
                                span_words(span), plain(span["timezone"]), moment(span["from"]), moment(span["to"]),
                                span["over"].get<bool>() ? "" : ", not over yet", plain(document["base_currency"]),
                                moment(document["made"]), plain(document["version"])),
                    "under");
  if (!document["damage"].is_null())
    html += "<p class=\"damage\">THE JOURNAL IS DAMAGED: " + escaped(plain(document["damage"])) +
            ". What stands behind that place is not in this report.</p>\n";
  html +=
      paragraph(plain(document["summary"]["text"]), "summary") + decisions(document["summary"]) + key_figures(document);
  for (const auto section :
       {profit_section, exposure_section, risk_section, stress_section, limits_section, stops_section, changes_section,
        orders_section, latency_section, controls_section, chain_section})
    html += section(document);
  return html + "</body></html>\n";
}

}  // namespace bulwark::report
