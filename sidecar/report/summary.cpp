// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sidecar/report/words.h"

namespace bulwark::report {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t alerts_shown = 5;

std::string what_span(const Json& document) {
  const Json& span = document["span"];
  std::string which = "In the " + span_words(span);
  if (span["whole"] == false) which += fmt::format(" from {} to {} UTC", moment(span["from"]), moment(span["to"]));
  return which + (span["over"].get<bool>() ? "" : ", which is not over yet,");
}

std::string profit_words(const Json& document) {
  const Json& profit = document["profit"];
  const std::string currency = " " + plain(document["base_currency"]);
  if (profit["profit"].is_null())
    return fmt::format("{} what we made or lost is not known: {}.", what_span(document), plain(profit["why_not"]));
  const double total = number_of(profit["profit"]);
  if (total == 0 && document["orders"]["asked"] == 0 && document["orders"]["fills"] == 0)
    return what_span(document) + " nothing was made or lost.";
  std::string text = fmt::format("{} {} {}{}", what_span(document), total < 0 ? "we lost" : "we made",
                                 grouped(std::abs(total), 2), currency);
  if (!profit["contribution"].is_null())
    text += fmt::format(" ({} of the equity it began with)", percent(profit["contribution"]));
  text += fmt::format(": {} realised, {} unrealised, {} of fees.", money(profit["realised"]),
                      money(profit["unrealised"]), money(profit["fees"]));
  if (number_of(profit["drawdown"]["largest"]) > 0)
    text += fmt::format(" The deepest drawdown was {}.", percent(profit["drawdown"]["largest"]));
  return text;
}

std::string risk_words(const Json& document) {
  const Json& risk = document["risk"];
  if (risk["var"]["parametric"].is_null()) return {};
  return fmt::format(" The book at its end may lose {} in a day at {} (parametric VaR; ES {}).",
                     money(risk["var"]["parametric"]), level(risk["confidence"]), money(risk["es"]["parametric"]));
}

std::string order_words(const Json& document) {
  const Json& orders = document["orders"];
  const auto asked = orders["asked"].get<std::uint64_t>(), rejected = orders["rejected"].get<std::uint64_t>();
  if (asked == 0) return " No order was asked for.";
  std::string text = fmt::format(" Of {}, {} refused", counted(asked, "order"),
                                 rejected == 0   ? "none was"
                                 : rejected == 1 ? "one was"
                                                 : grouped(static_cast<double>(rejected), 0) + " were");
  if (rejected != 0) {
    const Json& most = document["refusals"][0];
    const auto times = most["orders"].get<std::uint64_t>();
    if (rejected == 1 || 2 * times > rejected) {
      text += (rejected == 1 ? " for " : ", most of them for ") + plain(most["reason"]);
      if (!most["limit"].is_null()) text += " (limit " + plain(most["limit"]) + ")";
    } else {
      text += ", for different reasons";
    }
  }
  return text + ".";
}

std::string or_somebody(const Json& name) { return name.is_null() ? "somebody" : plain(name); }

std::string stop_words(const Json& document) {
  std::size_t lapses = 0, stops = 0;
  std::string text;
  for (const Json& stop : document["stops"]) {
    if (stop["type"] == "lease") {
      ++lapses;
      continue;
    }
    if (++stops > 3) continue;
    const std::string who = stop["operator"].is_null() ? "" : " by " + plain(stop["operator"]);
    const std::string why = stop["reason"].is_null() ? "" : " (" + plain(stop["reason"]) + ")";
    text += fmt::format(" {} of {} at {}{}{}", stop["type"] == "reduce_only" ? "A reduce-only" : "A stop",
                        scope(stop["scope"]), moment(stop["t"]).substr(11), who, why);
    if (stop["resumed"].is_null()) {
      text += " still holds.";
      continue;
    }
    if (stop["resumed"] >= document["span"]["to"]) {
      text += fmt::format(" still held at the end of this time; {} resumed at {}.", or_somebody(stop["resumed_by"]),
                          moment(stop["resumed"]));
      continue;
    }
    const Json lasted = stop["resumed"].get<std::int64_t>() - stop["t"].get<std::int64_t>();
    text += fmt::format(" lasted {}{}.", duration(lasted),
                        stop["resumed_by"].is_null() ? "" : ", until " + plain(stop["resumed_by"]) + " resumed");
  }
  if (stops > 3) text += fmt::format(" There were {} more.", stops - 3);
  if (stops == 0) text += " Nobody and nothing stopped trading.";
  if (lapses != 0)
    text += fmt::format(" The lease ran out {}.", lapses == 1 ? "once" : fmt::format("{} times", lapses));
  return text;
}

// ------------------------------------------------------------------------------------------------ decisions

class Decisions {
public:
  explicit Decisions(const Json& document) : document_(document) {}

  Json find() {
    if (!document_["damage"].is_null())
      add("The journal is damaged: " + plain(document_["damage"]) + ". Nothing behind that place is in this report.");
    look_at_states();
    look_at_limits();
    look_at_risk();
    look_at_people();
    return result_;
  }

private:
  void add(std::string text) { result_.push_back(std::move(text)); }

  void look_at_states() {
    for (const Json& row : document_["states"]) {
      if (row["state"] == "normal") continue;
      add(fmt::format("{} is {} ({}) until a named person resumes it.", upper(scope(row["on"])), plain(row["state"]),
                      plain(row["cause"])));
    }
    if (const std::size_t open = document_["liquidations"].size(); open != 0)
      add(fmt::format("A liquidation is not done: {} waiting.", counted(open, "order") + (open == 1 ? " is" : " are")));
  }

  void look_at_limits() {
    for (const Json& row : document_["controls"]["limits"]) {
      if (!row["value"].is_null() && number_of(row["value"]) > number_of(row["max"])) {
        add(fmt::format("Limit {} of {} stands above its maximum: {} of {}.", plain(row["limit"]), scope(row["on"]),
                        amount(row["value"]), amount(row["max"])));
      }
      const std::string why = row.value("why", "");
      if (!why.empty() && !why.starts_with("never evaluated"))
        add(fmt::format("Limit {} of {} cannot be evaluated: {}.", plain(row["limit"]), scope(row["on"]), why));
    }
    for (const Json& row : document_["changes"]) {
      // Of a span that still runs: what holds now, as the report is made.
      const Json& judged = document_["span"]["over"] == true ? document_["span"]["to"] : document_["made"];
      const bool lasts = !row["until"].is_null() && row["until"] > judged;
      if (lasts)
        add(fmt::format("The override of limit {} to {} by {} holds until {}.", plain(row["limit_name"]),
                        plain(row["new_value"]), plain(row["operator"]), moment(row["until"])));
    }
  }

  void look_at_risk() {
    const Json &backtest = document_["backtest"], &risk = document_["risk"], &profit = document_["profit"];
    if (!profit["why_not"].is_null()) add("The profit is not known: " + plain(profit["why_not"]) + ".");
    if (const std::string zone = plain(backtest["basel_zone"]); zone == "yellow" || zone == "red") {
      add(fmt::format("The back-test of the VaR is {}: {} in {}.", zone,
                      counted(backtest["exceptions"]["frozen"].get<std::uint64_t>(), "exception"),
                      counted(backtest["sessions"].get<std::uint64_t>(), "session")));
    }
    if (!backtest["why_not"].is_null())
      add("The record of sessions cannot be read: " + plain(backtest["why_not"]) + ".");
    const bool measured = !risk["model"]["version"].is_null();
    if (measured && risk["var"]["parametric"].is_null() && !risk["why_not"].is_null())
      add("The VaR of the book is not known: " + plain(risk["why_not"]) + ".");
  }

  void look_at_people() {
    std::size_t silent = 0;
    for (const Json& stop : document_["stops"]) {
      if (stop["clients"].is_null()) continue;
      for (const Json& client : stop["clients"]) silent += client["outcome"] == "silent" ? 1 : 0;
    }
    if (silent != 0)
      add(counted(silent, "acknowledgement") + " of a stop never came: look at the clients that were silent.");
    // What the engine and the model thread found on their own: a remark of nobody is theirs.
    std::vector<std::string> alerts;
    for (const char* table : {"alerts", "remarks"}) {
      for (const Json& row : document_["notes"][table]) {
        const bool of_person = row.contains("operator") && row["operator"] != "";
        std::string text = upper(plain(row["message"])) + ".";
        if (!of_person && std::ranges::find(alerts, text) == alerts.end()) alerts.push_back(std::move(text));
      }
    }
    for (std::size_t k = 0; k < std::min(alerts.size(), alerts_shown); ++k) add(alerts[k]);
    if (alerts.size() > alerts_shown)
      add(fmt::format("{} in the section of changes.", counted(alerts.size() - alerts_shown, "more alert")));
  }

  static std::string upper(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
  }

  const Json& document_;
  Json result_ = Json::array();
};

}  // namespace

Json summary_of(const Json& document) {
  return {{"text", profit_words(document) + risk_words(document) + order_words(document) + stop_words(document)},
          {"decisions", Decisions(document).find()}};
}

}  // namespace bulwark::report
