// SPDX-License-Identifier: Apache-2.0
// Estimators, tails, components and back-tests by name.
#include <Eigen/Eigenvalues>

#include "core/analytics/backtest.h"
#include "core/analytics/components.h"
#include "core/analytics/covariance.h"
#include "core/analytics/filtered.h"
#include "core/analytics/quantile.h"
#include "core/analytics/returns.h"
#include "core/analytics/student_fit.h"
#include "core/analytics/value_at_risk.h"
#include "tests/analytics/functions.h"

namespace bulwark::analytics {

namespace {

Json both(const TailLoss& loss) { return {{"var", loss.var}, {"es", loss.es}}; }

Json test_of(const Test& test) { return {test.statistic, test.p_value}; }

Json quantiles(const Json& a) {
  const SortedLosses losses(vector_of(a["losses"]));
  const double confidence = a["confidence"];
  return {{"type1", losses.type1(confidence)},
          {"type7", losses.type7(confidence)},
          {"acerbi_tasche", losses.acerbi_tasche(confidence)},
          {"tail_mean_ge", losses.tail_mean_ge(confidence)},
          {"tail_mean_gt", losses.tail_mean_gt(confidence)}};
}

Json coverage(const Json& a) {
  std::vector<bool> hits(a["observations"].get<std::size_t>());
  for (const Json& day : a["hits"]) hits[day.get<std::size_t>()] = true;
  const double tail = a["tail"];
  const Transitions t = transitions_of(hits);
  return {{"kupiec", test_of(kupiec(static_cast<std::int64_t>(a["hits"].size()), a["observations"], tail))},
          {"transitions", {t.n00, t.n01, t.n10, t.n11}},
          {"independence", test_of(independence(t))},
          {"sum", test_of(conditional_coverage_sum(hits, tail))},
          {"joint", test_of(conditional_coverage_joint(hits, tail))}};
}

Json light(const Json& a) {
  const TrafficLight found = traffic_light(a["hits"], a["observations"], a["tail"]);
  const char* zone = found.zone == Zone::Green ? "green" : found.zone == Zone::Yellow ? "yellow" : "red";
  return {{"zone", zone},
          {"cum_prob", found.cumulative},
          {"type1_prob_ge", found.at_least},
          {"multiplier", found.multiplier ? Json(*found.multiplier) : Json()}};
}

Json shortfall_test(const Json& a) {
  const ShortfallTest found = acerbi_szekely(vector_of(a["pnl"]), vector_of(a["var"]), vector_of(a["es"]), a["tail"]);
  return {{"z1", found.z1 ? Json(*found.z1) : Json()}, {"z2", found.z2}};
}

Json parts(const Json& a) {
  const Eigen::VectorXd weights = vector_of(a["weights"]), means = vector_of(a["means"]);
  const Eigen::MatrixXd covariance = matrix_of(a["covariance"]);
  const Components found = components_of(weights, covariance, a["factor"], means);
  return {{"total", found.total},
          {"marginal", json_of(found.marginal)},
          {"component", json_of(found.component)},
          {"incremental", json_of(incremental(weights, covariance, a["factor"], means))}};
}

Json shrunk(const Shrunk& found) {
  return {{"covariance", json_of_rows(found.covariance)}, {"shrinkage", found.shrinkage}, {"target", found.target}};
}

Json eigenvalues(const Json& a) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix_of(a), Eigen::EigenvaluesOnly);
  return json_of(solver.eigenvalues());
}

Json repair(const Json& a) {
  const Repaired found = repaired(matrix_of(a));
  return {{"matrix", json_of_rows(found.matrix)}, {"lowest", found.lowest}, {"distance", found.distance}};
}

Json moments(const Json& a) {
  const Eigen::VectorXd returns = vector_of(a);
  const Moments found = moments_of(returns);
  return {{"mean", found.mean},
          {"deviation", found.deviation},
          {"sample_deviation", std::sqrt(sample_covariance(returns)(0, 0))}};
}

Json student(const Json& a) {
  const Eigen::VectorXd returns = vector_of(a["returns"]);
  const Student found = fit_student(returns), given{a["degrees"], a["location"], a["scale"]};
  return {{"fitted", log_likelihood(found, returns)},
          {"given", log_likelihood(given, returns)},
          {"degrees", found.degrees}};
}

}  // namespace

void add_risk_functions(Functions& functions) {
  functions["quantiles"] = quantiles;
  functions["coverage"] = coverage;
  functions["kupiec"] = [](const Json& a) { return test_of(kupiec(a["hits"], a["observations"], a["tail"])); };
  functions["traffic_light"] = light;
  functions["acerbi_szekely"] = shortfall_test;
  functions["components"] = parts;
  functions["shrunk_to_identity"] = [](const Json& a) { return shrunk(shrunk_to_identity(matrix_of(a))); };
  functions["shrunk_to_constant_correlation"] = [](const Json& a) {
    return shrunk(shrunk_to_constant_correlation(matrix_of(a)));
  };
  functions["sample_covariance"] = [](const Json& a) { return json_of_rows(sample_covariance(matrix_of(a))); };
  functions["ewma_covariance"] = [](const Json& a) {
    return json_of_rows(ewma_covariance(matrix_of(a["returns"]), a["lambda"]));
  };
  functions["ewma_variances"] = [](const Json& a) {
    const Eigen::VectorXd returns = vector_of(a["returns"]);
    const double first = a.contains("first") ? a["first"].get<double>() : mean_square(returns, filter_seed);
    return json_of(ewma_variances(returns, a["lambda"], first));
  };
  functions["fit_student"] = student;
  functions["eigenvalues"] = eigenvalues;
  functions["repaired"] = repair;
  functions["moments"] = moments;
  functions["simple_returns"] = [](const Json& a) { return json_of_rows(simple_returns(matrix_of(a))); };
  functions["normal_loss"] = [](const Json& a) {
    return both(normal_loss(a["mean"], a["deviation"], a["confidence"]));
  };
  functions["student_loss"] = [](const Json& a) {
    return both(student_loss(a["mean"], a["deviation"], a["degrees"], a["confidence"]));
  };
  functions["cornish_fisher_loss"] = [](const Json& a) {
    return both(cornish_fisher_loss(moments_of(vector_of(a["returns"])), a["confidence"]).loss);
  };
}

}  // namespace bulwark::analytics
