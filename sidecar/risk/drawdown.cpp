// SPDX-License-Identifier: Apache-2.0
// `bulwark risk drawdown`: the deepest one, the table of the deepest, and what was earned for them.
#include "core/analytics/drawdown.h"

#include <algorithm>

#include "core/analytics/performance.h"
#include "sidecar/risk/series.h"
#include "sidecar/risk/whats.h"

namespace bulwark::risk {

namespace {

constexpr std::size_t table_size = 5;

class Dates {
public:
  Dates(const Inputs& inputs, Eigen::Index count) : inputs_(inputs), count_(count) {}
  const std::string& at(Eigen::Index place) const { return date_of(inputs_, count_, place - 1); }
  Json at(std::optional<Eigen::Index> place) const { return place ? Json(at(*place)) : Json(nullptr); }

private:
  const Inputs& inputs_;
  Eigen::Index count_;
};

void add_deepest(const analytics::Drawdowns& found, const Dates& dates, Report& report) {
  report.add("max_drawdown", found.deepest);
  if (found.episodes.empty()) {
    for (const char* name : {"peak_date", "trough_date", "recovery_date"}) report.add(name, Json(nullptr));
    report.warn("the book never was below its highest value");
    return;
  }
  const analytics::Drawdown& deepest = found.episodes.front();
  report.add("peak_date", Json(dates.at(deepest.peak)));
  report.add("trough_date", Json(dates.at(deepest.trough)));
  report.add("recovery_date", dates.at(deepest.recovery));
}

void add_table(const analytics::Drawdowns& found, const Dates& dates, Report& report) {
  for (std::size_t k = 0; k < std::min(table_size, found.episodes.size()); ++k) {
    const analytics::Drawdown& one = found.episodes[k];
    Json& result = report.add("drawdown", one.depth);
    result["rank"] = k + 1;
    result["peak_date"] = dates.at(one.peak);
    result["trough_date"] = dates.at(one.trough);
    result["recovery_date"] = dates.at(one.recovery);
    result["days_to_trough"] = one.days_to_trough;
    result["days_underwater"] = one.days_underwater;
  }
}

void add_ratio(const char* name, const std::optional<double>& ratio, Report& report) {
  if (ratio) report.add(name, *ratio);
  else report.add(name, Json(nullptr));
}

void add_performance(const Request& request, const Eigen::VectorXd& returns, Report& report) {
  if (returns.size() < 2) return report.warn("one return: no deviation, and no ratios");
  const analytics::Performance found = analytics::performance(returns, request.risk_free / analytics::trading_days);
  report.add("total_return", found.total_return);
  report.add("annual_return", found.annual_return);
  report.add("annual_volatility", found.annual_volatility);
  add_ratio("sharpe", found.sharpe, report);
  add_ratio("sortino", found.sortino, report);
  add_ratio("calmar", found.calmar, report);
}

}  // namespace

void drawdown(const Request& request, const Inputs& inputs, Report& report) {
  const Eigen::VectorXd returns = held_returns(request, inputs);
  const analytics::Drawdowns found = analytics::drawdowns(returns);
  const Dates dates(inputs, returns.size());
  add_deepest(found, dates, report);
  report.add("current_drawdown", found.current);
  report.add("drawdown_count", Json(found.episodes.size()));
  report.add("longest_underwater_days", Json(found.longest_underwater_days));
  report.add("ulcer_index", found.ulcer_index);
  report.add("pain_index", found.pain_index);
  add_performance(request, returns, report);
  add_table(found, dates, report);
}

}  // namespace bulwark::risk
