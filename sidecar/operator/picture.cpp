// SPDX-License-Identifier: Apache-2.0
#include "sidecar/operator/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sidecar/config/moment.h"
#include "sidecar/operator/picture_tables.h"
#include "sidecar/operator/status_text.h"

namespace bulwark::command {

using Json = nlohmann::ordered_json;

static constexpr std::size_t two_stacks_from = 150;  // columns
static constexpr std::int64_t stale_ns = 1'000'000'000;

static std::string grouped(std::string number) {
  const std::size_t begin = number.starts_with('-') ? 1 : 0;
  for (std::size_t at = std::min(number.find('.'), number.size()); at > begin + 3; at -= 3) number.insert(at - 3, ",");
  return number;
}

std::string amount(const Json& value) { return grouped(money(value)); }

// ------------------------------------------------------------------------------------------------ the head

static Line first_line(const Json& state, std::size_t columns) {
  const Json& status = state["status"];
  const auto word = status["state"].get<std::string>();
  const bool halted = word == "halted", running = status["lease"]["running"].get<bool>();
  std::string shown = word == "normal" ? "normal" : halted ? "HALTED" : "REDUCE ONLY";
  if (!halted) shown += running ? ", trading" : ", NO LEASE: nobody trades";
  const Mark mark = halted || !running ? Mark::Alarm : word == "normal" ? Mark::None : Mark::Warn;
  const std::string name = plain(status["instance"]) + "  ", cause = plain(status["cause"]);
  const std::string why = cause.empty() ? std::string() : "  " + cause;
  const std::string time = config::show_moment({state["t"].get<std::int64_t>()});
  const std::size_t used = name.size() + shown.size() + 1 + time.size();
  const std::size_t room = columns > used ? columns - used : 0;
  return {{name, Mark::Head}, {shown, mark}, {left(why, room) + " "}, {time, Mark::Faint}};
}

static void add_programs(Line& line, const Json& status) {
  for (const char* program : {"sidecar", "watchdog"}) {
    if (status["processes"].contains(std::string("bulwark-") + program)) continue;
    line.push_back({fmt::format("{} DEAD", program), Mark::Alarm});
    line.push_back({"  "});
  }
}

static void add_journal(Line& line, const Json& journal) {
  if (journal.is_null()) return;
  const bool healthy = journal["state"] == "healthy";
  line.push_back({fmt::format("journal {}{}", healthy ? "" : "STATE ", plain(journal["state"])),
                  healthy ? Mark::None : Mark::Alarm});
  line.push_back({fmt::format(" at {}, {} behind", plain(journal["seq"]), plain(journal["lag"]))});
}

static void add_ledger(Line& line, const Json& ledger) {
  if (ledger.is_null()) return;
  for (const auto& [key, name] : {std::pair{"postgres", "PostgreSQL"}, std::pair{"redis", "Redis"}}) {
    const Json& part = ledger[key];
    if (part.is_null()) continue;
    const std::string state = ledger["pid"].is_null() ? "LEDGER DEAD" : plain(part["state"]);
    line.push_back({fmt::format("; {} {}", name, state), state == "shipping" ? Mark::None : Mark::Warn});
    line.push_back({fmt::format(", {} behind", plain(part["lag"]))});
  }
}

static Line second_line(const Json& status) {
  Line line;
  add_programs(line, status);
  line.push_back({fmt::format("lease ran out {} times; ", plain(status["lease"]["lapses"]))});
  add_journal(line, status["journal"]);
  add_ledger(line, status["ledger"]);
  return line;
}

// What is not as it should be, a line each.
static void add_remarks(Lines& lines, const Seen& seen) {
  const Json &status = seen.state["status"], &risk = seen.state["risk"];
  const auto warn = [&](const std::string& text) { lines.push_back({{text, Mark::Warn}}); };
  if (!seen.remark.empty()) warn(seen.remark);
  if (const std::string who = plain(status["operator"]); !who.empty())
    lines.push_back({{fmt::format("stop {} by {}: {}", plain(status["epoch"]), who, plain(status["reason"]))}});
  for (const Json& row : seen.state["states"].is_null() ? Json::array() : seen.state["states"]) {
    if (!row["on"].empty())
      warn(fmt::format("{} is {} ({})", scope_text(row["on"]), plain(row["state"]), plain(row["cause"])));
  }
  if (const Json& sold = status["liquidation"]; !sold.is_null() && sold["orders"] != 0) {
    warn(fmt::format("LIQUIDATION: {} orders are not done, {} of them no client has", plain(sold["orders"]),
                     plain(sold["untaken"])));
  }
  if (const Json& market = status["market"]; !market.is_null() && market["factor"] != 1.0) {
    warn(fmt::format("the market leaves sizes and dynamic limits {} of what is configured ({})",
                     share(market["factor"]), plain(market["cause"])));
  }
  if (!seen.state["why_not"].is_null()) warn("not known: " + plain(seen.state["why_not"]));
  if (risk.is_null()) return;
  if (!risk["why_not"].is_null()) warn("not everything is known: " + plain(risk["why_not"]));
  if (!risk["model"]["refusal"].is_null()) warn("A NEW MODEL WAS REFUSED: " + plain(risk["model"]["refusal"]));
  if (risk["age_ns"] > stale_ns)
    warn(fmt::format("STALE: so the risk was {:.1f} s ago", risk["age_ns"].get<double>() / 1e9));
}

// ------------------------------------------------------------------------------------------------ figures

namespace {

struct Figure {
  std::string name, value;
};

}  // namespace

static std::vector<std::vector<Figure>> figures_of(const Json& state) {
  const Json& risk = state["risk"];
  const Json &profit = risk["profit"], &exposure = risk["exposure"], &var = risk["var"], &es = risk["es"];
  const bool stressed = risk["stress"].is_object();
  const Json worst = stressed ? risk["stress"]["worst_scenario"] : Json(nullptr);
  const Json& backtest = risk["backtest"];
  return {{{"equity", amount(risk["equity"])},
           {"profit today", amount(profit["today"])},
           {"realised", amount(profit["realised"])},
           {"unrealised", amount(profit["unrealised"])},
           {"drawdown", share(risk["drawdown"])}},
          {{"gross", amount(exposure["gross"])},
           {"net", amount(exposure["net"])},
           {"long", amount(exposure["long"])},
           {"short", amount(exposure["short"])},
           {"fees", amount(profit["fees"])}},
          {{"VaR parametric", amount(var["parametric"])},
           {"VaR historical", amount(var["historical"])},
           {"VaR filtered", amount(var["filtered"])},
           {"ES parametric", amount(es["parametric"])},
           {worst.is_null() ? "worst scenario" : "worst: " + plain(worst),
            worst.is_null() ? "-" : amount(risk["stress"]["worst_loss"])}},
          {{"ES historical", amount(es["historical"])},
           {"ES filtered", amount(es["filtered"])},
           {"confidence", share(risk["confidence"])},
           {"VaR exceptions", plain(backtest["exceptions"]["frozen"]) + " in " + plain(backtest["sessions"])},
           {"back-test", plain(backtest["basel_zone"])}},
          {{"volatility", share(risk["volatility"])},
           {"working orders", plain(state["orders_count"])},
           {"model days", plain(risk["model"]["days"])},
           {"model up to", plain(risk["model"]["to"])},
           {"mode", plain(state["build"]["mode"])}}};
}

// Three columns where the screen has 80; each further one where there is room for it.
static Lines grid(const Json& state, std::size_t columns) {
  constexpr std::size_t name_width = 11, value_width = 14, gap = 2;
  constexpr std::size_t width = name_width + value_width + gap;
  const auto all = figures_of(state);
  const std::size_t shown = std::clamp<std::size_t>((columns + gap) / width, 1, all.size());
  const std::size_t spread = std::min<std::size_t>((columns + gap) / shown - width, 8);
  Lines lines;
  for (std::size_t row = 0; row < all.front().size(); ++row) {
    Line line;
    for (std::size_t k = 0; k < shown; ++k) {
      const auto& [name, value] = all[k][row];
      const std::size_t room = name_width + value_width + spread;
      const std::size_t for_name = room > value.size() + 1 ? room - value.size() - 1 : 0;
      line.push_back({left(name, std::min(for_name, room)), Mark::Faint});
      line.push_back({right(value, room - std::min(for_name, room)),
                      value.starts_with('-') && value != "-" ? Mark::Warn : Mark::None});
      if (k + 1 < shown) line.push_back({std::string(gap, ' ')});
    }
    lines.push_back(line);
  }
  return lines;
}

// ------------------------------------------------------------------------------------------------ the whole

Lines picture(const Seen& seen, ScreenSize size) {
  if (seen.state.is_null()) {
    Lines lines{{{seen.remark, Mark::Warn}}};
    if (size.lines != 0) lines.resize(size.lines);
    return lines;
  }
  Lines lines{first_line(seen.state, size.columns), second_line(seen.state["status"])};
  add_remarks(lines, seen);
  if (!seen.state["risk"].is_null()) {
    const Lines figures = grid(seen.state, size.columns);
    lines.insert(lines.end(), figures.begin(), figures.end());
  }
  const std::size_t room = size.lines == 0 ? rows_without_a_screen : size.lines - std::min(size.lines, lines.size());
  Lines tables;
  if (size.columns >= two_stacks_from) {
    const std::size_t half = size.columns / 2 + 4;
    tables = beside(stacked({limits_table(seen, half - 2), positions_table(seen)}, room),
                    stacked({accounts_table(seen), clients_table(seen), happenings_table(seen)}, room), half);
  } else {
    tables = stacked({limits_table(seen, size.columns), accounts_table(seen), positions_table(seen),
                      clients_table(seen), happenings_table(seen)},
                     room);
  }
  lines.insert(lines.end(), tables.begin(), tables.end());
  if (size.lines != 0) lines.resize(size.lines);
  return lines;
}

}  // namespace bulwark::command
