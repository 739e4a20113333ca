// SPDX-License-Identifier: Apache-2.0
#include "sidecar/model/regime_model.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sidecar/journal/hash.h"
#include "sidecar/model/returns.h"

namespace bulwark::model {

namespace {

using Json = nlohmann::ordered_json;

std::string digest(const Json& document) { return journal::sha256_of(document.dump()); }

std::vector<double> listed(const Eigen::VectorXd& values) { return {values.begin(), values.end()}; }

Eigen::VectorXd vector_of(const Json& list, Eigen::Index size) {
  const auto values = list.get<std::vector<double>>();
  if (static_cast<Eigen::Index>(values.size()) != size)
    throw RegimeMistake("has a list with too few or too many numbers");
  return Eigen::Map<const Eigen::VectorXd>(values.data(), size);
}

void check(const analytics::GaussianHmm& hmm) {
  const bool finite = hmm.means.allFinite() && hmm.variances.allFinite() && hmm.transition.allFinite();
  if (!finite || !(hmm.variances.minCoeff() > 0)) throw RegimeMistake("has a variance that is not above zero");
  for (Eigen::Index k = 1; k < hmm.variances.size(); ++k) {
    if (hmm.variances[k] < hmm.variances[k - 1])
      throw RegimeMistake("has states that are not in the order of their variance");
  }
  if (!(hmm.transition.minCoeff() >= 0) || (hmm.transition.rowwise().sum().array() - 1).abs().maxCoeff() > 1e-9)
    throw RegimeMistake("has a row of transition that does not add up to 1");
}

RegimeModel parsed(Json document) {
  const std::string said = document.at("sha256").get<std::string>();
  document.erase("sha256");
  if (digest(document) != said) throw RegimeMistake("was changed after it was trained: its SHA-256 is another");
  if (document.at("schema") != 1 || document.at("what") != "regime")
    throw RegimeMistake("is no model of regimes of schema 1");
  RegimeModel model;
  model.symbols = document.at("symbols").get<std::vector<std::string>>();
  model.weights = vector_of(document.at("weights"), static_cast<Eigen::Index>(model.symbols.size()));
  const auto states = static_cast<Eigen::Index>(document.at("mean").size());
  if (states < 2) throw RegimeMistake("has fewer than 2 states");
  model.hmm.means = vector_of(document.at("mean"), states);
  model.hmm.variances = vector_of(document.at("variance"), states);
  model.hmm.transition.resize(states, states);
  for (Eigen::Index row = 0; row < states; ++row)
    model.hmm.transition.row(row) = vector_of(document.at("transition").at(static_cast<std::size_t>(row)), states);
  check(model.hmm);
  const Json& trained = document.at("trained");
  model.from = trained.at("from").get<std::string>();
  model.to = trained.at("to").get<std::string>();
  model.returns = trained.at("returns").get<Eigen::Index>();
  model.log_likelihood = trained.at("log_likelihood").get<double>();
  return model;
}

}  // namespace

std::string text_of(const RegimeModel& model) {
  Json document{{"schema", 1}, {"what", "regime"}, {"returns_in", "percent"}};
  document["symbols"] = model.symbols;
  document["weights"] = listed(model.weights);
  document["mean"] = listed(model.hmm.means);
  document["variance"] = listed(model.hmm.variances);
  document["transition"] = Json::array();
  for (Eigen::Index row = 0; row < model.hmm.transition.rows(); ++row)
    document["transition"].push_back(listed(model.hmm.transition.row(row).transpose()));
  document["trained"] = {
      {"from", model.from}, {"to", model.to}, {"returns", model.returns}, {"log_likelihood", model.log_likelihood}};
  document["sha256"] = digest(document);
  return document.dump(2) + "\n";
}

RegimeModel parse_regime_model(const std::string& text) {
  try {
    return parsed(Json::parse(text));
  } catch (const Json::exception& error) {
    throw RegimeMistake(std::string("is no model of regimes, as `bulwark risk regime --fit` writes one: ") +
                        error.what());
  }
}

double wildest_probability(const RegimeModel& model, const Closes& closes) {
  if (closes.dates.size() < 2) throw RegimeMistake("looks at daily closes, and there are none");
  const Eigen::MatrixXd each = returns_of(closes);
  Eigen::VectorXd returns = Eigen::VectorXd::Zero(each.rows());
  for (std::size_t k = 0; k < model.symbols.size(); ++k) {
    const auto found = std::find(closes.symbols.begin(), closes.symbols.end(), model.symbols[k]);
    if (found == closes.symbols.end())
      throw RegimeMistake("was trained on " + model.symbols[k] + ", which is no instrument with prices here");
    returns += 100 * model.weights[static_cast<Eigen::Index>(k)] * each.col(found - closes.symbols.begin());
  }
  const analytics::Filtered filtered = analytics::filter(model.hmm, returns);
  const double wildest = filtered.probabilities(returns.size() - 1, model.hmm.means.size() - 1);
  if (!std::isfinite(wildest)) throw RegimeMistake("explains these returns by none of its states");
  return std::clamp(wildest, 0.0, 1.0);
}

}  // namespace bulwark::model
