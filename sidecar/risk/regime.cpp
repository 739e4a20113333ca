// SPDX-License-Identifier: Apache-2.0
// `bulwark risk regime`: which of a few states of calm and storm the book's returns (in percent) are in, by a hidden
// Markov chain. Only filtered probabilities: each day's from what was seen up to that day.
#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "core/analytics/hmm.h"
#include "shm/whole_file.h"
#include "sidecar/model/regime_model.h"
#include "sidecar/risk/file.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/series.h"
#include "sidecar/risk/whats.h"

namespace bulwark::risk {

namespace {

using model::RegimeModel;

RegimeModel trained(const Request& request, const Inputs& inputs, const Eigen::VectorXd& returns) {
  const analytics::HmmFit fit = analytics::fit_hmm(returns, request.states, request.seed);
  return {fit.hmm,
          inputs.symbols,
          book_shares(request, inputs),
          date_of(inputs, returns.size(), 0),
          inputs.dates.back(),
          returns.size(),
          fit.log_likelihood};
}

void write(const std::string& path, const RegimeModel& model) {
  try {
    shm::write_whole(path, model::text_of(model), 0666);
  } catch (const std::system_error& error) {
    throw Mistake(error.what());
  }
}

RegimeModel read(const std::string& path) {
  const std::string text = read_file(path);
  try {
    return model::parse_regime_model(text);
  } catch (const model::RegimeMistake& mistake) {
    throw Mistake(path + ": " + mistake.what());
  }
}

bool same_book(const RegimeModel& model, const Request& request, const Inputs& inputs) {
  return model.symbols == inputs.symbols && model.weights.isApprox(book_shares(request, inputs), 1e-9);
}

RegimeModel model_of(const Request& request, const Inputs& inputs, const Eigen::VectorXd& returns, Report& report) {
  if (request.model.empty()) {
    RegimeModel model = trained(request, inputs, returns);
    if (!request.fit.empty()) write(request.fit, model);
    return model;
  }
  if (!request.fit.empty()) throw Mistake("--model and --fit: needed is one of them: read a model, or train one");
  RegimeModel model = read(request.model);
  if (!same_book(model, request, inputs)) report.warn(request.model + ": was trained on another book than this one");
  const std::string& first = date_of(inputs, returns.size(), 0);
  if (first <= model.to) {
    report.warn(
        fmt::format("{}: was trained up to {}, and the returns begin on {}: what it says of days up to {} is "
                    "not out of sample",
                    request.model, model.to, first, model.to));
  }
  return model;
}

// Of the same returns, as if all of them came from one normal distribution: what regimes have to be better than.
double one_state_likelihood(const Eigen::VectorXd& returns) {
  const auto count = static_cast<double>(returns.size());
  const double variance = (returns.array() - returns.mean()).square().mean();
  return -0.5 * count * (std::log(2 * std::numbers::pi * variance) + 1);
}

void add_history(const Inputs& inputs, const Eigen::VectorXd& returns, const Eigen::MatrixXd& filtered,
                 Report& report) {
  const std::vector<std::string> dates(inputs.dates.end() - filtered.rows(), inputs.dates.end());
  report.add("returns", Json(std::vector<double>(returns.begin(), returns.end())))["dates"] = dates;
  for (Eigen::Index state = 0; state < filtered.cols(); ++state) {
    std::vector<double> column(filtered.col(state).begin(), filtered.col(state).end());
    Json& result = report.add("filtered", Json(std::move(column)));
    result["state"] = state;
    result["dates"] = dates;
  }
}

}  // namespace

void regime(const Request& request, const Inputs& inputs, Report& report) {
  const Eigen::VectorXd returns = percent_returns(request, inputs);
  const RegimeModel model = model_of(request, inputs, returns, report);
  const analytics::GaussianHmm& hmm = model.hmm;
  const analytics::Filtered filtered = analytics::filter(hmm, returns);
  if (!filtered.probabilities.allFinite())
    throw Mistake("the model cannot be filtered with: no state explains some of these returns");
  const Eigen::RowVectorXd last = filtered.probabilities.row(returns.size() - 1);
  std::vector<std::string> names;
  for (Eigen::Index state = 0; state < hmm.means.size(); ++state) {
    names.push_back(std::to_string(state));
    Json& probability = report.add("probability", last[state]);
    probability["state"] = state;
    probability["date"] = inputs.dates.back();
    report.add("mean", hmm.means[state])["state"] = state;
    report.add("volatility", std::sqrt(hmm.variances[state]))["state"] = state;
    report.add("share_of_days", filtered.probabilities.col(state).mean())["state"] = state;
  }
  report.add("transition", hmm.transition, names);
  report.add("log_likelihood", filtered.log_likelihood);
  report.add("log_likelihood_of_one_state", one_state_likelihood(returns));
  if (request.history) add_history(inputs, returns, filtered.probabilities, report);
  report.inputs["trained_from"] = model.from;
  report.inputs["trained_to"] = model.to;
  report.inputs["trained_returns"] = model.returns;
}

}  // namespace bulwark::risk
