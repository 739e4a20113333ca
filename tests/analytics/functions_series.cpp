// SPDX-License-Identifier: Apache-2.0
// Drawdown, Kelly, attribution, stress and the models of volatility and regimes by name.
#include "core/analytics/attribution.h"
#include "core/analytics/betas.h"
#include "core/analytics/drawdown.h"
#include "core/analytics/garch.h"
#include "core/analytics/hmm.h"
#include "core/analytics/kelly.h"
#include "core/analytics/performance.h"
#include "core/analytics/volatility_target.h"
#include "tests/analytics/functions.h"

namespace bulwark::analytics {

namespace {

Json falls(const Json& a) {
  const Drawdowns found = drawdowns(vector_of(a));
  Json episodes = Json::array();
  for (const Drawdown& one : found.episodes) {
    episodes.push_back({{"depth", one.depth},
                        {"peak", one.peak},
                        {"trough", one.trough},
                        {"recovery", one.recovery ? Json(*one.recovery) : Json()},
                        {"days_to_trough", one.days_to_trough},
                        {"days_underwater", one.days_underwater}});
  }
  return {{"max_drawdown", found.deepest},     {"episodes", episodes},
          {"current_drawdown", found.current}, {"ulcer_index", found.ulcer_index},
          {"pain_index", found.pain_index},    {"longest_underwater_days", found.longest_underwater_days},
          {"final_wealth", found.final_wealth}};
}

Json performed(const Json& a) {
  const Performance found = performance(vector_of(a), 0);
  return {{"cagr", found.annual_return},
          {"calmar", found.calmar ? Json(*found.calmar) : Json()},
          {"annual_volatility", found.annual_volatility}};
}

Innovation innovation_of(const Json& a) { return a.value("student", false) ? Innovation::Student : Innovation::Normal; }

Garch garch_of(const Json& a) { return {a["mu"], a["omega"], a["alpha"], a["beta"], a.value("degrees", 0.0)}; }

Json told(const Garch& garch, const GarchPath& path) {
  const Eigen::VectorXd ahead = garch_forecast(garch, path.next_variance, 10).cwiseSqrt();
  return {{"parameters", {garch.mu, garch.omega, garch.alpha, garch.beta, garch.degrees}},
          {"loglik", path.log_likelihood},
          {"h1", path.variances[0]},
          {"h_last", path.variances[path.variances.size() - 1]},
          {"h_next", path.next_variance},
          {"sd_forecast_1", ahead[0]},
          {"sd_forecast_10", ahead[9]}};
}

Json garch_at(const Json& a) {
  const Garch garch = garch_of(a);
  return told(garch, garch_path(vector_of(a["returns"]), garch, innovation_of(a)));
}

Json garch_fitted(const Json& a) {
  const GarchFit fit = fit_garch(vector_of(a["returns"]), innovation_of(a));
  return told(fit.garch, fit.path);
}

// The second derivatives of the log-likelihood, by differences of the first: standard errors are in their inverse.
Json garch_curvature(const Json& a) {
  const Eigen::VectorXd returns = vector_of(a["returns"]);
  const Innovation innovation = innovation_of(a);
  double Garch::*const members[] = {&Garch::mu, &Garch::omega, &Garch::alpha, &Garch::beta, &Garch::degrees};
  const Eigen::Index size = innovation == Innovation::Student ? 5 : 4;
  Eigen::MatrixXd curvature(size, size);
  for (Eigen::Index k = 0; k < size; ++k) {
    Garch up = garch_of(a), down = up;
    const double step = 1e-5 * std::max(0.01, std::abs(up.*members[k]));
    up.*members[k] += step;
    down.*members[k] -= step;
    Eigen::VectorXd above(size), below(size);
    garch_likelihood(returns, up, innovation, above);
    garch_likelihood(returns, down, innovation, below);
    curvature.row(k) = (above - below) / (2 * step);
  }
  return json_of_rows(curvature);
}

GaussianHmm hmm_of(const Json& a) { return {vector_of(a["mu"]), vector_of(a["sigma2"]), matrix_of(a["P"])}; }

Json hmm_at(const Json& a) {
  const Filtered found = filter(hmm_of(a), vector_of(a["y"]));
  return {{"filtered", json_of_rows(found.probabilities)}, {"loglik", found.log_likelihood}};
}

Json hmm_fitted(const Json& a) {
  const HmmFit fit = fit_hmm(vector_of(a["y"]), a["states"], 1);
  return {{"mu", json_of(fit.hmm.means)},
          {"sigma2", json_of(fit.hmm.variances)},
          {"P", json_of_rows(fit.hmm.transition)},
          {"loglik", fit.log_likelihood}};
}

Json chained(const Json& a) {
  const Chain chain{vector_of(a["before"]), matrix_of(a["P"])};
  const Filtered found = filter(chain, matrix_of(a["densities"]).array().log().matrix());
  return {{"filtered", json_of_rows(found.probabilities)},
          {"smoothed", json_of_rows(smooth(chain, found.probabilities))},
          {"loglik", found.log_likelihood}};
}

Json brinson(const Json& a) {
  const Brinson found = brinson_fachler(vector_of(a["wp"]), vector_of(a["wb"]), vector_of(a["rp"]), vector_of(a["rb"]));
  return {{"allocation", json_of(found.allocation)},
          {"selection", json_of(found.selection)},
          {"interaction", json_of(found.interaction)},
          {"portfolio", found.portfolio},
          {"benchmark", found.benchmark},
          {"active", found.portfolio - found.benchmark}};
}

Json regression(const Json& a) {
  const FactorRegression found = factor_regression(vector_of(a["returns"]), matrix_of(a["factors"]));
  return {{"alpha_daily", found.alpha},
          {"betas", json_of(found.betas)},
          {"t_stats", json_of(found.t_statistics)},
          {"r2", found.r_squared},
          {"resid_sd_dof", found.residual_deviation},
          {"mean_return", found.mean_return},
          {"mean_contribution", json_of(found.contributions)},
          {"variance_total", found.variance_total},
          {"variance_systematic", found.variance_systematic}};
}

}  // namespace

void add_series_functions(Functions& functions) {
  functions["drawdowns"] = falls;
  functions["performance"] = performed;
  functions["worst_run"] = [](const Json& a) {
    const Run run = worst_run(vector_of(a["returns"]), a["days"]);
    return Json{{"compounded", run.compounded}, {"end", run.end}};
  };
  functions["leverage"] = [](const Json& a) {
    return json_of(leverage(vector_of(a["variances"]), a["target"], a["cap"]));
  };
  functions["garch"] = garch_at;
  functions["fit_garch"] = garch_fitted;
  functions["garch_curvature"] = garch_curvature;
  functions["hmm"] = hmm_at;
  functions["fit_hmm"] = hmm_fitted;
  functions["chain"] = chained;
  functions["brinson"] = brinson;
  functions["factor_regression"] = regression;
  functions["market_betas"] = [](const Json& a) { return json_of(market_betas(matrix_of(a))); };
  functions["kelly_binary"] = [](const Json& a) { return Json(kelly_binary(a["p"], a["win"], a["loss"])); };
  functions["kelly_continuous"] = [](const Json& a) { return Json(kelly_continuous(a["mean"], a["variance"])); };
  functions["kelly_growth"] = [](const Json& a) {
    return Json(kelly_growth(a["fraction"], a["mean"], a["variance"], a["risk_free"]));
  };
  functions["kelly_joint"] = [](const Json& a) {
    return json_of(kelly_joint(matrix_of(a["covariance"]), vector_of(a["means"])));
  };
}

}  // namespace bulwark::analytics
