// SPDX-License-Identifier: Apache-2.0
// `bulwark risk garch`: of the book's returns in percent.
#include "core/analytics/garch.h"

#include <cmath>

#include "sidecar/risk/mistake.h"
#include "sidecar/risk/series.h"
#include "sidecar/risk/whats.h"

namespace bulwark::risk {

namespace {

Json& add(const Request& request, const char* name, double value, Report& report) {
  Json& result = report.add(name, value);
  result["method"] = request.method == Method::Student ? "student" : "normal";
  return result;
}

}  // namespace

void garch(const Request& request, const Inputs& inputs, Report& report) {
  if (request.method != Method::Parametric && request.method != Method::Student) {
    throw Mistake(std::string("--method: found ") + request.method_name() +
                  "; GARCH has parametric (normal) and student");
  }
  const bool fat = request.method == Method::Student;
  const analytics::GarchFit fit = analytics::fit_garch(
      percent_returns(request, inputs), fat ? analytics::Innovation::Student : analytics::Innovation::Normal);
  add(request, "mu", fit.garch.mu, report);
  add(request, "omega", fit.garch.omega, report);
  add(request, "alpha", fit.garch.alpha, report);
  add(request, "beta", fit.garch.beta, report);
  if (fat) add(request, "degrees", fit.garch.degrees, report);
  add(request, "log_likelihood", fit.path.log_likelihood, report);
  add(request, "next_volatility", std::sqrt(fit.path.next_variance), report)["horizon_days"] = 1;
  const auto days = static_cast<Eigen::Index>(request.horizon_days);
  if (days > 1) {
    const Eigen::VectorXd ahead = analytics::garch_forecast(fit.garch, fit.path.next_variance, days);
    add(request, "volatility_on_day", std::sqrt(ahead[days - 1]), report)["horizon_days"] = days;
    add(request, "volatility_over_days", std::sqrt(ahead.sum()), report)["horizon_days"] = days;
  }
  if (fit.at_border) {
    report.warn(
        "alpha is zero, or alpha and beta add up to one: these returns do not tell how their volatility comes and "
        "goes, and the parameters say little");
  }
}

}  // namespace bulwark::risk
