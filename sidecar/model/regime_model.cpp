// SPDX-License-Identifier: Apache-2.0
#include "sidecar/model/regime_model.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "sidecar/journal/hash.h"

namespace bulwark::model {

namespace {

using Json = nlohmann::ordered_json;

std::string digest(const Json& document) {
  const std::string text = document.dump();
  journal::Sha256 sha;
  sha.begin();
  sha.add(std::as_bytes(std::span(text)));
  return journal::to_hex(sha.end());
}

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

}  // namespace bulwark::model
