// SPDX-License-Identifier: Apache-2.0
// `bulwark risk components`, `incremental` and `sectors`: where the risk of the book comes from.
#include "core/analytics/components.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "core/analytics/covariance.h"
#include "sidecar/risk/estimates.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/observed.h"
#include "sidecar/risk/whats.h"

namespace bulwark::risk {

namespace {

using analytics::Components;
using analytics::TailLoss;

// What tells one way of looking at the risk from another.
struct View {
  double confidence = 0;
  std::string convention, target;
};

class Parts {
public:
  Parts(const Request& request, const Inputs& inputs, Report& report)
      : request_(request), inputs_(inputs), report_(report) {}

  void components() {
    if (request_.method == Method::Historical) return historical();
    each_view(
        [this](const View& view, const Estimate& estimate, const TailLoss& factors, const Eigen::VectorXd& means) {
          add(view, analytics::components_of(inputs_.book(), estimate.covariance, factors.var, means), "var");
          add(view, analytics::components_of(inputs_.book(), estimate.covariance, factors.es, means), "es");
        });
  }

  void incremental() {
    if (request_.method == Method::Historical) return historical_incremental();
    each_view(
        [this](const View& view, const Estimate& estimate, const TailLoss& factors, const Eigen::VectorXd& means) {
          add_each("incremental_var", view,
                   analytics::incremental(inputs_.book(), estimate.covariance, factors.var, means));
        });
  }

private:
  // Calls take(view, its covariance, standard deviations up to the VaR and ES, means or nothing) for each combination.
  template <class Take>
  void each_view(Take take) {
    if (request_.method != Method::Parametric && request_.method != Method::Student) {
      throw Mistake(fmt::format("--method {}: its risk has no parts; allowed are parametric, student and historical",
                                request_.method_name()));
    }
    for (const Estimate& estimate : estimates(request_, inputs_)) {
      if (!(analytics::portfolio_variance(inputs_.book(), estimate.covariance) > 0))
        throw Mistake("the book never moved, or is flat: there is no risk to divide");
      for (const std::string& convention : request_.named(mean_family)) {
        Eigen::VectorXd means;
        if (convention == "with_mean") means = inputs_.last_returns(request_.window).colwise().mean();
        for (const double confidence : request_.confidences) {
          const TailLoss factors = request_.method == Method::Student
                                       ? analytics::student_loss(0, 1, request_.degrees, confidence)
                                       : analytics::normal_loss(0, 1, confidence);
          take(View{confidence, convention, estimate.target}, estimate, horizon(factors),
               Eigen::VectorXd(means * request_.horizon_days));
        }
      }
    }
  }

  TailLoss horizon(const TailLoss& factors) const { return analytics::scaled(factors, 0, request_.horizon_days); }

  void historical() {
    const Eigen::MatrixXd returns = inputs_.last_returns(request_.window);
    for (const double confidence : request_.confidences) {
      need_tail(request_, returns.rows(), confidence);
      const double root = std::sqrt(request_.horizon_days);
      const auto at = [root](Components parts) {
        return Components{root * parts.total, root * parts.marginal, root * parts.component};
      };
      add({confidence, "type1", ""}, at(analytics::historical_value_at_risk(inputs_.book(), returns, confidence)),
          "var");
      add({confidence, "acerbi_tasche", ""}, at(analytics::historical_shortfall(inputs_.book(), returns, confidence)),
          "es");
    }
  }

  void historical_incremental() {
    const Eigen::MatrixXd returns = inputs_.last_returns(request_.window);
    const auto var = [&](const Eigen::VectorXd& weights, const std::string& convention, double confidence) {
      const analytics::SortedLosses sorted(-returns * weights);
      return loss_by(convention, sorted, confidence);
    };
    for (const double confidence : request_.confidences) {
      need_tail(request_, returns.rows(), confidence);
      for (const std::string& convention : request_.named(quantile_family)) {
        const double whole = var(inputs_.book(), convention, confidence);
        Eigen::VectorXd differences(inputs_.book().size());
        for (Eigen::Index k = 0; k < differences.size(); ++k) {
          Eigen::VectorXd without = inputs_.book();
          without[k] = 0;
          differences[k] = std::sqrt(request_.horizon_days) * (whole - var(without, convention, confidence));
        }
        add_each("incremental_var", {confidence, convention, ""}, differences);
      }
    }
  }

  void mark(Json& result, const View& view) const {
    result["method"] = request_.method_name();
    if (request_.method != Method::Historical) result["estimator"] = request_.estimator_name();
    if (!view.target.empty()) result["target"] = view.target;
    result["convention"] = view.convention;
    result["confidence"] = view.confidence;
    result["horizon_days"] = request_.horizon_days;
    if (request_.method == Method::Student) result["degrees"] = request_.degrees;
  }

  void add_each(const std::string& name, const View& view, const Eigen::VectorXd& values) {
    for (std::size_t k = 0; k < inputs_.symbols.size(); ++k) {
      Json& result = report_.add(name, values[static_cast<Eigen::Index>(k)]);
      result["symbol"] = inputs_.symbols[k];
      mark(result, view);
    }
  }

  void add(const View& view, const Components& parts, const std::string& risk) {
    mark(report_.add(risk, parts.total), view);
    add_each("marginal_" + risk, view, parts.marginal);
    add_each("component_" + risk, view, parts.component);
    std::map<std::string, double> sectors;
    for (std::size_t k = 0; k < inputs_.symbols.size() && !inputs_.sectors.empty(); ++k)
      sectors[inputs_.sector(inputs_.symbols[k])] += parts.component[static_cast<Eigen::Index>(k)];
    for (const auto& [sector, value] : sectors) {
      Json& result = report_.add("component_" + risk, value);
      result["sector"] = sector;
      mark(result, view);
    }
  }

  const Request& request_;
  const Inputs& inputs_;
  Report& report_;
};

}  // namespace

void components(const Request& request, const Inputs& inputs, Report& report) {
  Parts(request, inputs, report).components();
}

void incremental(const Request& request, const Inputs& inputs, Report& report) {
  Parts(request, inputs, report).incremental();
}

void sectors(const Request&, const Inputs& inputs, Report& report) {
  std::map<std::string, std::pair<double, double>> exposures;  // long, short
  for (std::size_t k = 0; k < inputs.symbols.size(); ++k) {
    auto& [bought, sold] = exposures[inputs.sector(inputs.symbols[k])];
    const double weight = inputs.book()[static_cast<Eigen::Index>(k)];
    (weight > 0 ? bought : sold) += std::abs(weight);
  }
  for (const auto& [sector, sides] : exposures) {
    const auto& [bought, sold] = sides;
    report.add("gross", bought + sold)["sector"] = sector;
    report.add("net", bought - sold)["sector"] = sector;
    report.add("long", bought)["sector"] = sector;
    report.add("short", -sold)["sector"] = sector;
  }
}

}  // namespace bulwark::risk
