// SPDX-License-Identifier: Apache-2.0
// Metrics of what `bulwark status --risk` prints.
#include "sidecar/console/metrics/parts.h"

namespace bulwark::metrics {

static void add_book(Families& to, const Json& risk) {
  to.gauge("equity", "Equity of all accounts, in the base currency.", number(risk, {"equity"}));
  to.gauge("drawdown_ratio", "One less equity over its highest so far.", number(risk, {"drawdown"}));
  to.gauge("profit_today", "Profit since the session began, in the base currency.", number(risk, {"profit", "today"}));
  to.gauge("profit_realised", "Realised profit of all positions.", number(risk, {"profit", "realised"}));
  to.gauge("profit_unrealised", "Unrealised profit of all positions.", number(risk, {"profit", "unrealised"}));
  to.gauge("fees", "Fees of all positions.", number(risk, {"profit", "fees"}));
  to.gauge("gross", "Long and short positions added up, in the base currency.", number(risk, {"exposure", "gross"}));
  to.gauge("net", "Long positions less short ones.", number(risk, {"exposure", "net"}));
  to.gauge("long", "Long positions.", number(risk, {"exposure", "long"}));
  to.gauge("short", "Short positions.", number(risk, {"exposure", "short"}));
}

static void add_measures(Families& to, const Json& risk) {
  to.gauge("confidence_ratio", "The confidence of VaR and ES.", number(risk, {"confidence"}));
  for (const char* method : {"parametric", "historical", "filtered"}) {
    to.gauge("var", "Value at risk of one day, in the base currency.", number(risk, {"var", method}),
             {{"method", method}});
  }
  for (const char* method : {"parametric", "historical", "filtered"}) {
    to.gauge("es", "Expected shortfall of one day, in the base currency.", number(risk, {"es", method}),
             {{"method", method}});
  }
  to.gauge("volatility_ratio", "Volatility of a year over equity.", number(risk, {"volatility"}));
  if (!risk["stress"].is_object()) return;
  to.gauge("worst_loss", "Loss in the worst scenario.", number(risk, {"stress", "worst_loss"}));
  for (const Json& row : risk["stress"]["losses"]) {
    to.gauge("stress_loss", "Loss in a scenario, in the base currency.", number(row, {"loss"}),
             {{"scenario", row["scenario"].get<std::string>()}});
  }
}

static void add_model(Families& to, const Json& risk) {
  const Json& backtest = risk["backtest"];
  to.gauge("model_observations", "Days of returns that the model was made of.", number(risk, {"model", "days"}));
  to.gauge("model_symbols_lacking", "Instruments that the model knows nothing of.",
           number(risk, {"model", "symbols_lacking"}));
  to.counter("model_taken_over_total", "New models that were taken over since the sidecar began.",
             number(risk, {"model", "taken_over"}));
  to.counter("model_refused_total", "New models that were refused since the sidecar began.",
             number(risk, {"model", "refused"}));
  to.gauge("model_last_successful", "0: the last new model was refused, and an older one is in force.",
           risk["model"]["refusal"].is_null());
  to.gauge("backtest_sessions", "Sessions that the back-test of the VaR has seen.", number(backtest, {"sessions"}));
  for (const char* book : {"frozen", "actual"}) {
    to.gauge("backtest_exceptions",
             "Sessions whose loss was larger than the VaR: of the book as it stood at the start, and as it was traded.",
             number(backtest, {"exceptions", book}), {{"book", book}});
  }
  if (const auto zone = backtest["basel_zone"].get<std::string>(); zone != "unknown")
    to.states("backtest_zone", "The zone that the exceptions put the VaR in.", "zone", {"green", "yellow", "red"},
              zone);
}

void add_risk(Families& to, const Json& state) {
  const Json& risk = state["risk"];
  if (risk.is_null()) return;
  to.gauge("risk_age_seconds", "How old the figures of risk are.", risk["age_ns"].get<double>() / 1e9);
  to.gauge("risk_took_seconds", "How long they took to compute.", risk["took_ns"].get<double>() / 1e9);
  add_book(to, risk);
  add_measures(to, risk);
  add_model(to, risk);
}

}  // namespace bulwark::metrics
