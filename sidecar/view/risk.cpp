// SPDX-License-Identifier: Apache-2.0
#include "sidecar/view/risk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "killswitch/refusal.h"
#include "shm/board_reader.h"
#include "shm/clock.h"
#include "shm/latch.h"
#include "shm/mapping.h"
#include "sidecar/config/moment.h"

namespace bulwark::view {

using Json = nlohmann::ordered_json;
using shm::RiskFigures;
using shm::RiskPicture;

namespace {

constexpr std::array<std::string_view, 4> zone_names{"unknown", "green", "yellow", "red"};

// No minus before a zero.
Json number_if(bool known, double value) { return known ? Json(value + 0.0) : Json(nullptr); }

Json text_if(std::string_view text) { return text.empty() ? Json(nullptr) : Json(shm::printable(text)); }

// Only names that stand on the board are told.
class Board {
public:
  explicit Board(const kill::Instance& instance)
      : board_(instance.board && shm::tables_fit(*instance.board) ? instance.board.get() : nullptr) {}

  std::string name(const shm::NameTable shm::Board::*table, std::uint64_t index) const {
    if (board_ == nullptr || index > UINT32_MAX) return {};
    return shm::printable(shm::name_at(*board_, board_->*table, static_cast<std::uint32_t>(index)));
  }

private:
  const shm::Board* board_;
};

Json rows_json(const std::vector<shm::RiskRow>& rows, const RiskFigures& figures, const char* kind, auto name_of_row) {
  const bool exposed = (figures.known & shm::risk_known::exposure) != 0;
  const bool measured = (figures.known & shm::risk_known::parametric) != 0;
  const bool valued = (figures.known & shm::risk_known::profit) != 0;
  const bool has_equity = valued && figures.equity > figures.profit_today;
  Json result = Json::array();
  for (const shm::RiskRow& row : rows) {
    const double opening = figures.equity - figures.profit_today;
    result.push_back({{kind, name_of_row(row.index)},
                      {"profit_today", number_if(valued, row.profit_today)},
                      {"contribution", number_if(has_equity, row.profit_today / opening)},
                      {"realised", number_if(valued, row.realised)},
                      {"unrealised", number_if(valued, row.unrealised)},
                      {"gross", number_if(exposed, row.gross)},
                      {"net", number_if(exposed, row.net)},
                      {"component_var", number_if(measured, row.component_var)}});
  }
  return result;
}

Json stress_json(const RiskPicture& picture) {
  const RiskFigures& figures = picture.figures;
  if ((figures.known & shm::risk_known::stress) == 0) return nullptr;
  Json losses = Json::array();
  for (const shm::RiskScenario& one : picture.scenarios)
    losses.push_back({{"scenario", shm::printable(one.name.view())}, {"loss", one.loss}});
  const std::uint64_t worst = figures.worst_scenario;
  return {{"worst_loss", figures.worst_loss},
          {"worst_scenario", worst == 0 ? Json(nullptr) : losses[worst - 1]["scenario"]},
          {"losses", losses}};
}

Json correlation_json(const RiskPicture& picture, const RiskNames& names) {
  Json symbols = Json::array(), value = Json::array();
  const std::size_t count = picture.correlated.size();
  for (std::size_t k = 0; k < count; ++k) {
    symbols.push_back(names("symbol", picture.correlated[k]));
    const auto row = picture.correlations.begin() + static_cast<std::ptrdiff_t>(k * count);
    value.push_back(std::vector<double>(row, row + static_cast<std::ptrdiff_t>(count)));
  }
  return {{"symbols", symbols}, {"value", value}};
}

Json regime_json(const RiskFigures& figures) {
  if (figures.market_factor == 0) return nullptr;
  std::string cause;
  for (std::size_t k = 0; k < market_input_names.size(); ++k) {
    if ((figures.market_inputs >> k & 1) != 0)
      cause += (cause.empty() ? "" : ", ") + std::string(market_input_names[k]);
  }
  Json regime{{"factor", figures.market_factor}, {"cause", cause}};
  if (figures.model.regime_seen_ns != 0) {
    regime["probability"] = figures.model.regime_probability;
    regime["seen"] = config::show_moment({figures.model.regime_seen_ns});
  }
  return regime;
}

Json model_json(const shm::RiskModelFacts& model) {
  return {{"version", model.version == 0 ? Json(nullptr) : Json(fmt::format("{:016x}", model.version))},
          {"built", model.built_ns == 0 ? Json(nullptr) : Json(config::show_moment({model.built_ns}))},
          {"days", model.days},
          {"from", text_if(model.first_date.view())},
          {"to", text_if(model.last_date.view())},
          {"symbols_lacking", model.lacking},
          {"taken_over", model.built},
          {"refused", model.refused},
          {"refusal", text_if(model.refusal.view())}};
}

Json backtest_json(const shm::RiskBacktest& backtest) {
  const auto test = [&](std::uint32_t sessions_min, double statistic, double p_value) {
    return backtest.sessions >= sessions_min ? Json{{"value", statistic}, {"p_value", p_value}} : Json(nullptr);
  };
  return {{"sessions", backtest.sessions},
          {"sessions_missed", backtest.missed},
          {"exceptions", {{"frozen", backtest.frozen_exceptions}, {"actual", backtest.actual_exceptions}}},
          {"kupiec", test(1, backtest.kupiec, backtest.kupiec_p)},
          {"christoffersen_independence", test(2, backtest.independence, backtest.independence_p)},
          {"christoffersen_conditional_coverage", test(2, backtest.coverage, backtest.coverage_p)},
          {"basel_zone", zone_names[std::min<std::size_t>(static_cast<std::size_t>(backtest.zone), 3)]},
          {"basel_multiplier", number_if(backtest.multiplier != 0, backtest.multiplier)},
          {"var_of_this_session", number_if(backtest.var != 0, backtest.var)},
          {"why_not", text_if(backtest.why_not.view())}};
}

Json figures_json(const RiskFigures& figures) {
  const auto knows = [&](std::uint64_t what) { return (figures.known & what) != 0; };
  using namespace shm::risk_known;
  const bool a = knows(parametric), b = knows(historical), c = knows(exposure), d = knows(profit);
  return {{"t", figures.t_ns},
          {"age_ns", std::max<std::int64_t>(0, shm::monotonic_now().ns - figures.computed_ns)},
          {"took_ns", figures.took_ns},
          {"seq", figures.sequence},
          {"why_not", text_if(figures.why_not.view())},
          {"profit",
           {{"today", number_if(d, figures.profit_today)},
            {"realised", number_if(d, figures.realised)},
            {"unrealised", number_if(d, figures.unrealised)},
            {"fees", number_if(d, figures.fees)}}},
          {"equity", number_if(d, figures.equity)},
          {"drawdown", number_if(d && figures.peak > 0, figures.drawdown)},
          {"exposure",
           {{"gross", number_if(c, figures.gross)},
            {"net", number_if(c, figures.net)},
            {"long", number_if(c, figures.long_value)},
            {"short", number_if(c, figures.short_value)}}},
          {"confidence", number_if(figures.confidence != 0, figures.confidence)},
          {"var",
           {{"parametric", number_if(a, figures.parametric_var)},
            {"historical", number_if(b, figures.historical_var)},
            {"filtered", number_if(b, figures.filtered_var)}}},
          {"es",
           {{"parametric", number_if(a, figures.parametric_es)},
            {"historical", number_if(b, figures.historical_es)},
            {"filtered", number_if(b, figures.filtered_es)}}},
          {"volatility", number_if(a && d && figures.equity > 0, figures.deviation * std::sqrt(252) / figures.equity)}};
}

}  // namespace

Json risk_json(const RiskPicture& picture, const RiskNames& names) {
  const auto rows = [&](const std::vector<shm::RiskRow>& from, const char* kind) {
    return rows_json(from, picture.figures, kind, [&](std::uint64_t index) { return names(kind, index); });
  };
  Json risk = figures_json(picture.figures);
  risk["stress"] = stress_json(picture);
  risk["correlation"] = correlation_json(picture, names);
  risk["regime"] = regime_json(picture.figures);
  risk["model"] = model_json(picture.figures.model);
  risk["backtest"] = backtest_json(picture.figures.backtest);
  risk["symbols"] = rows(picture.symbols, "symbol");
  risk["sectors"] = rows(picture.sectors, "sector");
  risk["accounts"] = rows(picture.accounts, "account");
  risk["strategies"] = rows(picture.strategies, "strategy");
  return risk;
}

Json risk_json(const kill::Instance& instance) {
  const auto page = shm::attach<const shm::RiskPage>(instance.folder + "/risk", shm::Access::ReadOnly);
  if (!page) {
    throw kill::Refusal(kill::exit_not_running, "the live risk of \"" + instance.name +
                                                    "\" cannot be read: " + std::string(shm::explain(page.status)));
  }
  const std::optional<RiskPicture> picture = shm::read_risk(*page);
  if (!picture) throw kill::Refusal(kill::exit_no, "nothing is known yet of the risk of \"" + instance.name + "\"");
  const Board board(instance);
  return risk_json(*picture, [&](std::string_view kind, std::uint64_t index) {
    if (kind == "symbol") return board.name(&shm::Board::symbols, index);
    if (kind == "sector") return board.name(&shm::Board::sectors, index);
    if (kind == "account") return board.name(&shm::Board::accounts, index);
    return board.name(&shm::Board::strategies, index);
  });
}

}  // namespace bulwark::view
