// SPDX-License-Identifier: Apache-2.0
// `bulwark risk var` and `bulwark risk es`: every method, one result for each confidence and convention.
#include "core/analytics/value_at_risk.h"

#include <fmt/format.h>

#include <cmath>

#include "core/analytics/covariance.h"
#include "core/analytics/filtered.h"
#include "core/analytics/monte_carlo.h"
#include "core/analytics/student_fit.h"
#include "sidecar/risk/estimates.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/observed.h"
#include "sidecar/risk/whats.h"

namespace bulwark::risk {

namespace {

using analytics::TailLoss;

class Losses {
public:
  Losses(const Request& request, const Inputs& inputs, Report& report, bool shortfall)
      : request_(request), inputs_(inputs), report_(report), shortfall_(shortfall) {}

  void answer() {
    if (request_.fit_degrees) fit_degrees();
    if (request_.horizon_days != 1) {
      report_.warn(
          fmt::format("--horizon {}: one day's loss times the square root of the days (a mean times the days): "
                      "holds for returns that do not depend on each other",
                      request_.horizon_days));
    }
    switch (request_.method) {
      case Method::Parametric:
      case Method::Student: return closed_form();
      case Method::CornishFisher: return cornish_fisher();
      case Method::Historical: return observed(-window(), [](Json&, double) {});
      case Method::Filtered: return filtered();
      case Method::MonteCarlo: return monte_carlo();
      case Method::AgeWeighted: return age_weighted();
    }
  }

private:
  Json& add(const TailLoss& one_day, double mean, double confidence, const std::string& convention) {
    const TailLoss loss = analytics::scaled(one_day, mean, request_.horizon_days);
    const double value = shortfall_ ? loss.es : loss.var;
    Json& result = report_.add(shortfall_ ? "es" : "var", value);
    result["method"] = request_.method_name();
    if (!convention.empty()) result["convention"] = convention;
    result["confidence"] = confidence;
    result["horizon_days"] = request_.horizon_days;
    if (request_.equity)
      result[inputs_.money ? "of_equity" : "money"] =
          inputs_.money ? value / *request_.equity : value * *request_.equity;
    return result;
  }

  // The book's returns of the window.
  Eigen::VectorXd window() const { return inputs_.last_returns(request_.window) * inputs_.book(); }

  void fit_degrees() {
    const Eigen::VectorXd returns = window();
    if ((returns.array() == returns[0]).all()) throw Mistake("--degrees fit: the book's returns are all equal");
    degrees_ = analytics::fit_student(returns).degrees;
    if (degrees_ > 2) return;
    throw Mistake(fmt::format(
        "--degrees fit: the returns have {:.3g} degrees of freedom, and up to 2 there is no variance", degrees_));
  }

  double deviation(const Estimate& estimate) const {
    return std::sqrt(analytics::portfolio_variance(inputs_.book(), estimate.covariance));
  }

  void mark(Json& result, const Estimate& estimate) const {
    result["estimator"] = request_.estimator_name();
    if (!estimate.target.empty()) result["target"] = estimate.target;
  }

  void closed_form() {
    for (const Estimate& estimate : estimates(request_, inputs_)) {
      for (const std::string& convention : request_.named(mean_family)) {
        const double mean = convention == "zero_mean" ? 0 : window().mean();
        for (const double confidence : request_.confidences) {
          const bool student = request_.method == Method::Student;
          const double sigma = deviation(estimate);
          Json& result = add(student ? analytics::student_loss(mean, sigma, degrees_, confidence)
                                     : analytics::normal_loss(mean, sigma, confidence),
                             mean, confidence, convention);
          mark(result, estimate);
          if (student) result["degrees"] = degrees_;
        }
      }
    }
  }

  void cornish_fisher() {
    const auto moments = analytics::moments_of(window());
    for (const double confidence : request_.confidences) {
      const auto found = analytics::cornish_fisher_loss(moments, confidence);
      add(found.loss, moments.mean, confidence, "population_moments");
      if (found.rises) continue;
      report_.warn(
          fmt::format("cornish-fisher: skewness {:.3g} and excess kurtosis {:.3g} are too far from a normal: "
                      "beyond {} its quantile turns back somewhere, and the tail means nothing there",
                      moments.skewness, moments.excess_kurtosis, confidence));
    }
  }

  // `tell` says of a result what else there is to say.
  template <class Tell>
  void observed(const Eigen::VectorXd& losses, Tell tell) {
    const analytics::SortedLosses sorted(losses);
    for (const double confidence : request_.confidences) {
      need_tail(request_, losses.size(), confidence);
      for (const std::string& convention : request_.named(shortfall_ ? tail_family : quantile_family)) {
        const double value = loss_by(convention, sorted, confidence);
        tell(add({value, value}, 0, confidence, convention), confidence);
      }
    }
  }

  void filtered() {
    const Eigen::MatrixXd& returns = inputs_.returns;
    const Eigen::Index count = inputs_.last_returns(request_.window).rows();
    if (returns.rows() < analytics::filter_seed) {
      report_.warn(fmt::format("--method filtered: {} returns; its first forecast is made of 100", returns.rows()));
    }
    for (const std::string& filter : request_.named(filter_family)) {
      Eigen::VectorXd losses = Eigen::VectorXd::Zero(count);
      if (filter == "portfolio") {
        losses = -analytics::filtered_returns(inputs_.book_returns(), request_.decay(), count);
      } else {
        for (Eigen::Index k = 0; k < returns.cols(); ++k)
          losses -= inputs_.book()[k] * analytics::filtered_returns(returns.col(k), request_.decay(), count);
      }
      if (!losses.allFinite()) {
        throw Mistake(
            "--method filtered: a price that does not move in the first 100 returns has no volatility to begin "
            "with; take a later --from");
      }
      observed(losses, [&](Json& result, double) { result["filter"] = filter; });
    }
  }

  void monte_carlo() {
    for (const Estimate& estimate : estimates(request_, inputs_)) {
      const Eigen::VectorXd losses = analytics::student_draws(inputs_.book(), estimate.covariance, degrees_,
                                                              static_cast<Eigen::Index>(request_.draws), request_.seed);
      observed(losses, [&](Json& result, double confidence) {
        const TailLoss found = {analytics::SortedLosses(losses).type1(confidence), 0};
        const TailLoss errors = analytics::standard_errors(losses, found, deviation(estimate), degrees_, confidence);
        result["standard_error"] = (shortfall_ ? errors.es : errors.var) * std::sqrt(request_.horizon_days);
        mark(result, estimate);
        result["degrees"] = degrees_;
        result["draws"] = request_.draws;
        result["seed"] = request_.seed;
      });
    }
  }

  void age_weighted() {
    const Eigen::VectorXd losses = -window();
    const double decay = request_.lambda.value_or(0.98);
    for (const double confidence : request_.confidences) {
      need_tail(request_, losses.size(), confidence);
      Json& result = add(analytics::age_weighted_loss(losses, decay, confidence), 0, confidence,
                         shortfall_ ? "acerbi_tasche" : "type1");
      result["lambda"] = decay;
    }
  }

  const Request& request_;
  const Inputs& inputs_;
  Report& report_;
  bool shortfall_;
  double degrees_ = request_.degrees;
};

}  // namespace

void value_at_risk(const Request& request, const Inputs& inputs, Report& report) {
  Losses(request, inputs, report, false).answer();
}

void expected_shortfall(const Request& request, const Inputs& inputs, Report& report) {
  Losses(request, inputs, report, true).answer();
}

}  // namespace bulwark::risk
