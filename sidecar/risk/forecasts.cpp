// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/forecasts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/analytics/covariance.h"
#include "core/analytics/filtered.h"
#include "core/analytics/monte_carlo.h"
#include "sidecar/risk/estimates.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/observed.h"

namespace bulwark::risk {

namespace {

using analytics::TailLoss;
using Eigen::Index;
using Eigen::VectorXd;

class Forecaster {
public:
  Forecaster(const Request& request, const Inputs& inputs, const Choice& choice, double confidence)
      : request_(request), inputs_(inputs), choice_(choice), confidence_(confidence), book_(inputs.book_returns()) {
    window_ = static_cast<Index>(request.window == 0 ? backtest_window : request.window);
    if (book_.size() <= window_) {
      throw Mistake(fmt::format("backtest: {} returns; with a window of {} needed are {} or more", book_.size(),
                                window_, window_ + 1));
    }
    variances_ = variances_of(book_);
    if (choice.filter == "multi_asset") {
      for (Index k = 0; k < inputs.returns.cols(); ++k) each_variances_.push_back(variances_of(inputs.returns.col(k)));
    }
  }

  Forecasts all() {
    const std::function<TailLoss(Index)> one = method();
    const Index count = book_.size() - window_;
    Forecasts result{book_.tail(count), VectorXd(count), VectorXd(count)};
    for (Index k = 0; k < count; ++k) {
      const TailLoss loss = one(k + window_);
      if (!std::isfinite(loss.var) || !std::isfinite(loss.es)) {
        throw Mistake(fmt::format("backtest: --method {} has no answer for {}: the returns before it do not move",
                                  request_.method_name(), inputs_.dates[static_cast<std::size_t>(k + window_) + 1]));
      }
      result.var[k] = loss.var;
      result.es[k] = loss.es;
    }
    return result;
  }

private:
  // The first forecast is the mean square of the first window.
  VectorXd variances_of(const VectorXd& returns) const {
    return analytics::ewma_variances(returns, request_.decay(), analytics::mean_square(returns, window_));
  }

  auto window(Index day) const { return book_.segment(day - window_, window_); }

  // Of the day numbered, made of the days before it.
  std::function<TailLoss(Index)> method() {
    switch (request_.method) {
      case Method::Parametric:
        return [this](Index day) { return analytics::normal_loss(mean(day), deviation(day), confidence_); };
      case Method::Student:
        return [this](Index day) {
          return analytics::student_loss(mean(day), deviation(day), request_.degrees, confidence_);
        };
      case Method::CornishFisher:
        return [this](Index day) {
          return analytics::cornish_fisher_loss(analytics::moments_of(window(day)), confidence_).loss;
        };
      case Method::Historical:
        need_tail(request_, window_, confidence_);
        return [this](Index day) { return observed(-window(day)); };
      case Method::Filtered:
        need_tail(request_, window_, confidence_);
        return [this](Index day) { return observed(filtered(day)); };
      case Method::MonteCarlo: {
        // A linear book's losses are its standard deviation times the same draws on every day.
        const TailLoss unit =
            observed(analytics::student_draws(VectorXd::Ones(1), Eigen::MatrixXd::Ones(1, 1), request_.degrees,
                                              static_cast<Index>(request_.draws), request_.seed));
        return [this, unit](Index day) { return TailLoss{deviation(day) * unit.var, deviation(day) * unit.es}; };
      }
      case Method::AgeWeighted: break;
    }
    need_tail(request_, window_, confidence_);
    return [this](Index day) {
      return analytics::age_weighted_loss(-window(day), request_.lambda.value_or(0.98), confidence_);
    };
  }

  TailLoss observed(const VectorXd& losses) const {
    const analytics::SortedLosses sorted(losses);
    return {loss_by(choice_.quantile, sorted, confidence_), loss_by(choice_.tail, sorted, confidence_)};
  }

  double mean(Index day) const { return choice_.mean == "with_mean" ? window(day).mean() : 0; }

  double deviation(Index day) const {
    if (request_.estimator == Estimator::Ewma) return std::sqrt(variances_[day]);
    if (request_.estimator == Estimator::Sample) {
      return std::sqrt((window(day).array() - window(day).mean()).square().sum() / static_cast<double>(window_ - 1));
    }
    const Estimate found = estimate(request_, inputs_.returns.middleRows(day - window_, window_), choice_.target);
    return std::sqrt(analytics::portfolio_variance(inputs_.book(), found.covariance));
  }

  static VectorXd rescaled(const VectorXd& returns, const VectorXd& variances, Index first, Index count) {
    return returns.segment(first, count).array() / variances.segment(first, count).array().sqrt() *
           std::sqrt(variances[first + count]);
  }

  VectorXd filtered(Index day) const {
    if (each_variances_.empty()) return -rescaled(book_, variances_, day - window_, window_);
    VectorXd losses = VectorXd::Zero(window_);
    for (Index k = 0; k < inputs_.returns.cols(); ++k) {
      losses -= inputs_.book()[k] *
                rescaled(inputs_.returns.col(k), each_variances_[static_cast<std::size_t>(k)], day - window_, window_);
    }
    return losses;
  }

  const Request& request_;
  const Inputs& inputs_;
  const Choice& choice_;
  double confidence_;
  VectorXd book_, variances_;
  std::vector<VectorXd> each_variances_;
  Index window_ = 0;
};

}  // namespace

std::vector<Choice> choices(const Request& request) {
  const Method method = request.method;
  const bool closed = method == Method::Parametric || method == Method::Student;
  const bool observed = method == Method::Historical || method == Method::Filtered || method == Method::MonteCarlo;
  const bool shrunk = request.estimator == Estimator::LedoitWolf && (closed || method == Method::MonteCarlo);
  const Family nothing{""};
  // The mean of a window is part of the sample estimator unless said otherwise; the others look at squares alone.
  Family means = closed ? request.named(mean_family) : nothing;
  const bool named = std::find_first_of(request.conventions.begin(), request.conventions.end(), mean_family.begin(),
                                        mean_family.end()) != request.conventions.end();
  if (closed && request.estimator == Estimator::Sample && !named) means = {"with_mean"};
  std::vector<Choice> result;
  for (const std::string& quantile : observed ? request.named(quantile_family) : nothing) {
    for (const std::string& mean : means) {
      for (const std::string& target : shrunk ? request.named(shrinkage_family) : nothing) {
        for (const std::string& filter : method == Method::Filtered ? request.named(filter_family) : nothing)
          result.push_back({quantile, observed ? request.named(tail_family).front() : "", mean, target, filter});
      }
    }
  }
  return result;
}

Forecasts forecasts(const Request& request, const Inputs& inputs, const Choice& choice, double confidence) {
  return Forecaster(request, inputs, choice, confidence).all();
}

}  // namespace bulwark::risk
