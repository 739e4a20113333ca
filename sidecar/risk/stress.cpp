// SPDX-License-Identifier: Apache-2.0
// `bulwark risk stress`: what the book loses in each scenario, its VaR in a crisis of the covariance, and the nearest
// shock that loses a given amount.
#include "core/analytics/stress.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/analytics/covariance.h"
#include "core/analytics/value_at_risk.h"
#include "sidecar/risk/estimates.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/scenarios.h"
#include "sidecar/risk/whats.h"

namespace bulwark::risk {

namespace {

void add_losses(const Request& request, const Inputs& inputs, Report& report) {
  const std::vector<Scenario> scenarios = read_scenarios(request, inputs);
  double worst = -std::numeric_limits<double>::infinity();
  std::string name;
  for (const Scenario& scenario : scenarios) {
    const double loss = analytics::stress_loss(inputs.book(), scenario.moves);
    report.add("loss", loss)["scenario"] = scenario.name;
    Eigen::Index lowest = 0;
    if (const double move = scenario.moves.minCoeff(&lowest); move < -1) {
      report.warn(fmt::format("{}: {} would fall by {:.0f} %, and no price does: a beta reaches no further",
                              scenario.name, inputs.symbols[static_cast<std::size_t>(lowest)], -100 * move));
    }
    if (loss > worst) worst = loss, name = scenario.name;
  }
  report.add("worst_loss", worst)["scenario"] = name;
}

void mark(Json& result, const Request& request, const Estimate& estimate) {
  result["estimator"] = request.estimator_name();
  if (!estimate.target.empty()) result["target"] = estimate.target;
}

void add_crises(const Request& request, const Inputs& inputs, const Estimate& estimate, Report& report) {
  const auto add = [&](const char* scenario, double extent, const Eigen::MatrixXd& stressed) {
    const double deviation = std::sqrt(analytics::portfolio_variance(inputs.book(), stressed));
    for (const double confidence : request.confidences) {
      Json& result = report.add("stressed_var", analytics::normal_loss(0, deviation, confidence).var);
      result["scenario"] = scenario;
      result["extent"] = extent;
      result["confidence"] = confidence;
      mark(result, request, estimate);
    }
  };
  if (request.correlation_share) {
    const double share = *request.correlation_share;
    add("correlations_to_one", share, analytics::with_correlations_towards_one(estimate.covariance, share));
  }
  if (request.volatility_times) {
    const double times = *request.volatility_times;
    add("volatility_times", times, analytics::with_volatility_times(estimate.covariance, times));
  }
}

bool asks_reverse(const Request& request) { return request.reverse_loss || request.reverse_limit; }

// In the unit of the book.
double reverse_loss(const Request& request, const Inputs& inputs) {
  if (!request.reverse_limit) return *request.reverse_loss;
  const LossLimit& limit = *request.reverse_limit;
  if (inputs.money != limit.is_share) return limit.max;
  if (!(limit.equity > 0)) throw Mistake("--equity: needed, the accounts of the configuration have none");
  return limit.is_share ? limit.max * limit.equity : limit.max / limit.equity;
}

void add_reverse(const Request& request, const Inputs& inputs, const Estimate& estimate, Report& report) {
  const double loss = reverse_loss(request, inputs);
  const analytics::ReverseStress found = analytics::reverse_stress(inputs.book(), estimate.covariance, loss);
  Json& distance = report.add("reverse_deviations", found.deviations);
  distance["loss"] = loss;
  if (request.reverse_limit) distance["limit"] = request.reverse_limit->name;
  mark(distance, request, estimate);
  for (std::size_t k = 0; k < inputs.symbols.size(); ++k) {
    const double move = found.moves[static_cast<Eigen::Index>(k)];
    Json& result = report.add("reverse_move", move);
    result["symbol"] = inputs.symbols[k];
    mark(result, request, estimate);
    if (move < -1)
      report.warn(
          fmt::format("{}: no price falls by {:.0f} %: the loss is out of reach", inputs.symbols[k], -100 * move));
  }
}

void add_reverse_of_the_market(const Request& request, const Inputs& inputs, Report& report) {
  const Eigen::VectorXd betas = betas_to_market(request, inputs);
  const double exposure = betas.size() == 0 ? 0 : inputs.book().dot(betas);
  if (exposure == 0) return report.warn("the book does not move with the market: no move of the market loses it");
  const double market = -reverse_loss(request, inputs) / exposure;
  report.add("reverse_market_move", market);
  if (market < -1)
    report.warn(fmt::format("the market cannot fall by {:.0f} %: no fall of it loses that much", -100 * market));
}

}  // namespace

void stress(const Request& request, const Inputs& inputs, Report& report) {
  const bool crisis = request.correlation_share || request.volatility_times;
  if (request.scenarios.empty() && !crisis && !asks_reverse(request)) {
    throw Mistake("--scenarios: needed, a file of scenarios (or --correlations-to-one, --volatility-times, --reverse)");
  }
  inputs.book();
  if (!request.scenarios.empty()) add_losses(request, inputs, report);
  if (!crisis && !asks_reverse(request)) return;
  for (const Estimate& estimate : estimates(request, inputs)) {
    if (crisis) add_crises(request, inputs, estimate, report);
    if (asks_reverse(request)) add_reverse(request, inputs, estimate, report);
  }
  if (asks_reverse(request)) add_reverse_of_the_market(request, inputs, report);
}

}  // namespace bulwark::risk
