// SPDX-License-Identifier: Apache-2.0
// `bulwark risk kelly`: the full fraction of each symbol, alone or with all others.
#include "core/analytics/kelly.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "core/analytics/performance.h"
#include "sidecar/risk/estimates.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/whats.h"

namespace bulwark::risk {

namespace {

double alone(const std::string& convention, const Eigen::VectorXd& excess, const std::string& name) {
  if (convention == "log_optimal") return analytics::kelly_log_optimal(excess);
  const double mean = excess.mean();
  const double variance = (excess.array() - mean).square().sum() / static_cast<double>(excess.size() - 1);
  if (!(variance > 0)) throw Mistake(name + ": its price never moved: without risk there is no largest stake");
  return analytics::kelly_continuous(mean, variance);
}

bool bounded(const Request& request) { return request.long_only || request.largest_fraction || request.gross_fraction; }

analytics::KellyBounds bounds(const Request& request) {
  const double largest = request.largest_fraction.value_or(std::numeric_limits<double>::infinity());
  return {request.long_only ? 0 : -largest, largest,
          request.gross_fraction.value_or(std::numeric_limits<double>::infinity())};
}

Json& add(const char* name, double value, const std::string& convention, Report& report) {
  Json& result = report.add(name, value);
  result["convention"] = convention;
  return result;
}

void add_joint(const Request& request, const Inputs& inputs, const Eigen::MatrixXd& excess, Report& report) {
  const Eigen::VectorXd means = excess.colwise().mean();
  for (const Estimate& estimate : estimates(request, inputs)) {
    Eigen::VectorXd used = means;
    if (request.shrink_means) {
      if (means.size() < 3) throw Mistake("--shrink-means: needed are 3 symbols or more");
      const analytics::ShrunkMeans shrunk = analytics::shrunk_means(means, estimate.covariance, excess.rows());
      used = shrunk.means;
      report.add("mean_shrinkage", shrunk.share)["estimator"] = request.estimator_name();
    }
    const Eigen::VectorXd found = bounded(request) ? analytics::kelly_joint(estimate.covariance, used, bounds(request))
                                                   : analytics::kelly_joint(estimate.covariance, used);
    for (std::size_t k = 0; k < inputs.symbols.size(); ++k) {
      Json& result = add("fraction", found[static_cast<Eigen::Index>(k)], "joint", report);
      result["symbol"] = inputs.symbols[k];
      result["estimator"] = request.estimator_name();
      if (!estimate.target.empty()) result["target"] = estimate.target;
    }
  }
}

}  // namespace

void kelly(const Request& request, const Inputs& inputs, Report& report) {
  const Eigen::MatrixXd excess =
      inputs.last_returns(request.window).array() - request.risk_free / analytics::trading_days;
  if (excess.rows() < 2) throw Mistake("kelly: a variance needs 2 returns");
  for (const std::string& convention : request.named(kelly_family)) {
    if (convention != "joint" && (bounded(request) || request.shrink_means)) {
      throw Mistake("--long-only, --max-fraction, --max-gross, --shrink-means: are of --convention joint alone");
    }
    if (convention == "joint") {
      add_joint(request, inputs, excess, report);
      continue;
    }
    for (std::size_t k = 0; k < inputs.symbols.size(); ++k) {
      const double found = alone(convention, excess.col(static_cast<Eigen::Index>(k)), inputs.symbols[k]);
      add("fraction", found, convention, report)["symbol"] = inputs.symbols[k];
    }
    if (!inputs.positions.empty() && !inputs.money) {
      const Eigen::VectorXd book = inputs.last_returns(request.window) * inputs.book();
      add("book_fraction", alone(convention, book.array() - request.risk_free / analytics::trading_days, "the book"),
          convention, report);
    }
  }
}

}  // namespace bulwark::risk
