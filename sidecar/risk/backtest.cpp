// SPDX-License-Identifier: Apache-2.0
// `bulwark risk backtest`: the VaR of each day, made of the window before it, against the book's return of that day.
#include "core/analytics/backtest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sidecar/risk/forecasts.h"
#include "sidecar/risk/whats.h"

namespace bulwark::risk {

namespace {

constexpr std::size_t basel_days = 250;
constexpr std::array zones{"green", "yellow", "red"};

class Backtest {
public:
  Backtest(const Request& request, const Inputs& inputs, Report& report, const Choice& choice, double confidence)
      : request_(request),
        report_(report),
        choice_(choice),
        confidence_(confidence),
        found_(forecasts(request, inputs, choice, confidence)) {
    const auto count = static_cast<std::size_t>(found_.pnl.size());
    dates_.assign(inputs.dates.end() - static_cast<std::ptrdiff_t>(count), inputs.dates.end());
    for (Eigen::Index k = 0; k < found_.pnl.size(); ++k) hits_.push_back(found_.pnl[k] < -found_.var[k]);
    hit_count_ = std::count(hits_.begin(), hits_.end(), true);
  }

  void answer() {
    Json dates = Json::array();
    for (std::size_t k = 0; k < hits_.size(); ++k) {
      if (hits_[k]) dates.push_back(dates_[k]);
    }
    add("exceptions", Json(hit_count_))["dates"] = std::move(dates);
    add("observations", Json(hits_.size()));
    coverage();
    basel();
    shortfall();
    series("forecast", found_.var);
    series("pnl", found_.pnl);
  }

private:
  double tail() const { return 1 - confidence_; }

  Json& add(const char* name, Json value) {
    Json& result = report_.add(name, std::move(value));
    result["method"] = request_.method_name();
    if (!choice_.mean.empty() || request_.method == Method::MonteCarlo) result["estimator"] = request_.estimator_name();
    if (!choice_.target.empty()) result["target"] = choice_.target;
    if (!choice_.filter.empty()) result["filter"] = choice_.filter;
    const std::string convention = choice_.mean + choice_.quantile;  // never both
    if (!convention.empty()) result["convention"] = convention;
    result["confidence"] = confidence_;
    return result;
  }

  void add_test(const char* name, const analytics::Test& test, const char* convention) {
    Json& result = add(name, Json(test.statistic));
    if (convention != nullptr) result["coverage"] = convention;
    result["p_value"] = test.p_value;
  }

  void coverage() {
    const auto count = static_cast<std::int64_t>(hits_.size());
    add_test("kupiec", analytics::kupiec(hit_count_, count, tail()), nullptr);
    add_test("christoffersen_independence", analytics::independence(analytics::transitions_of(hits_)), nullptr);
    for (const std::string& convention : request_.named(coverage_family)) {
      add_test("christoffersen_conditional_coverage",
               convention == "sum" ? analytics::conditional_coverage_sum(hits_, tail())
                                   : analytics::conditional_coverage_joint(hits_, tail()),
               convention.c_str());
    }
  }

  void basel() {
    const std::size_t days = std::min(hits_.size(), basel_days);
    const auto hits = std::count(hits_.end() - static_cast<std::ptrdiff_t>(days), hits_.end(), true);
    const analytics::TrafficLight light = analytics::traffic_light(hits, static_cast<std::int64_t>(days), tail());
    Json& zone = add("basel_zone", zones[static_cast<std::size_t>(light.zone)]);
    zone["exceptions"] = hits;
    zone["observations"] = days;
    zone["probability"] = light.cumulative;
    if (light.multiplier) {
      add("basel_multiplier", Json(*light.multiplier));
      return;
    }
    report_.warn(fmt::format("basel_multiplier is defined for 250 days at 99 % only; here are {} days at {:g} %", days,
                             confidence_ * 100));
  }

  void shortfall() {
    const analytics::ShortfallTest test = analytics::acerbi_szekely(found_.pnl, found_.var, found_.es, tail());
    const auto add_z = [this](const char* name, Json value) {
      Json& result = add(name, std::move(value));
      if (!choice_.tail.empty()) result["tail"] = choice_.tail;
    };
    add_z("acerbi_szekely_z1", test.z1 ? Json(*test.z1) : Json());
    add_z("acerbi_szekely_z2", Json(test.z2));
    if (!test.z1) report_.warn("acerbi_szekely_z1: there is no exception that it could be made of");
  }

  void series(const char* name, const Eigen::VectorXd& values) {
    add(name, Json(std::vector<double>(values.begin(), values.end())))["dates"] = dates_;
  }

  const Request& request_;
  Report& report_;
  const Choice& choice_;
  double confidence_;
  Forecasts found_;
  std::vector<std::string> dates_;
  std::vector<bool> hits_;
  std::int64_t hit_count_ = 0;
};

}  // namespace

void backtest(const Request& request, const Inputs& inputs, Report& report) {
  if (request.horizon_days != 1) report.warn("--horizon: a back-test is of one day; it is not used");
  for (const Choice& choice : choices(request)) {
    for (const double confidence : request.confidences) Backtest(request, inputs, report, choice, confidence).answer();
  }
}

}  // namespace bulwark::risk
