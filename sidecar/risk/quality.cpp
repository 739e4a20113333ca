// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/quality.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/analytics/covariance.h"
#include "core/analytics/suspicion.h"
#include "sidecar/risk/mistake.h"

namespace bulwark::risk {

namespace {

constexpr double reused = 5;         // a price that is so many times the one before is another company's
constexpr Eigen::Index soon = 10;    // dates within which a wild move that is an error comes back
constexpr double back = 0.1;         // how near to the old price it comes back
constexpr Eigen::Index absent = 20;  // dates in a row without a price, between two that have one
constexpr std::size_t shown_max = 3;
constexpr double as_one = 1 - 1e-9;  // a correlation that is 1 but for rounding

// Some of the findings on one symbol, as one sentence.
class Findings {
public:
  void found(std::string text) { texts_.push_back(std::move(text)); }

  void tell(const std::string& symbol, const char* meaning, Report& report) const {
    if (texts_.empty()) return;
    const std::size_t count = std::min(texts_.size(), shown_max);
    const std::vector<std::string> some(texts_.begin(), texts_.begin() + static_cast<std::ptrdiff_t>(count));
    report.warn(fmt::format("{}: {}{}: {}", symbol, fmt::join(some, ", "),
                            texts_.size() > count ? fmt::format(" and {} more", texts_.size() - count) : "", meaning));
  }

private:
  std::vector<std::string> texts_;
};

struct Series {
  const std::string& symbol;
  std::vector<std::string> dates;
  std::vector<double> closes;
};

// The date on which a wild move is taken back; 0: it is not.
std::size_t taken_back(const Series& series, std::size_t day) {
  const std::size_t end = std::min(series.closes.size(), day + 1 + static_cast<std::size_t>(soon));
  for (std::size_t k = day + 1; k < end; ++k) {
    const double step = series.closes[k] / series.closes[k - 1];
    if (analytics::leaps(step) && std::abs(series.closes[k] / series.closes[day - 1] - 1) < back) return k;
  }
  return 0;
}

void look_at_moves(const Series& series, Report& report) {
  Findings errors, companies, moves;
  for (std::size_t k = 1; k < series.closes.size(); ++k) {
    const double step = series.closes[k] / series.closes[k - 1];
    if (!analytics::leaps(step)) continue;
    if (const std::size_t end = taken_back(series, k)) {
      errors.found(fmt::format("x{:.3g} on {} and back on {}", step, series.dates[k], series.dates[end]));
      k = end;
    } else if (step > reused || step < 1 / reused) {
      companies.found(fmt::format("x{:.4g} on {}", step, series.dates[k]));
    } else {
      moves.found(fmt::format("{:+.1f} % on {}", (step - 1) * 100, series.dates[k]));
    }
  }
  errors.tell(series.symbol, "looks like wrong prices of the vendor (halved, doubled), not like returns", report);
  companies.tell(series.symbol,
                 "looks like another company under the same ticker, or a split that is not in the prices", report);
  moves.tell(series.symbol,
             "a move beyond 35 % in a day; a split or spin-off that is not in the prices would look the same", report);
}

void look_at_stillness(const Series& series, Report& report) {
  Findings runs;
  for (std::size_t start = 0, k = 1; k <= series.closes.size(); ++k) {
    if (k < series.closes.size() && series.closes[k] == series.closes[start]) continue;
    if (k - 1 - start >= static_cast<std::size_t>(analytics::still_told))
      runs.found(fmt::format("{} dates from {} to {}", k - start, series.dates[start], series.dates[k - 1]));
    start = k;
  }
  runs.tell(series.symbol, "the same price on all of them looks stale; volatility comes out too low", report);
}

void look_at_gaps(const Prices& prices, Eigen::Index column, Report& report) {
  Findings gaps;
  Eigen::Index last = -1;
  for (Eigen::Index row = 0; row < prices.closes.rows(); ++row) {
    if (std::isnan(prices.closes(row, column))) continue;
    if (last >= 0 && row - last > absent) {
      gaps.found(fmt::format("no price between {} and {}", prices.dates[static_cast<std::size_t>(last)],
                             prices.dates[static_cast<std::size_t>(row)]));
    }
    last = row;
  }
  gaps.tell(prices.symbols[static_cast<std::size_t>(column)],
            "those dates are left out for all symbols, and the return over the gap counts as one day's", report);
}

void look_at_twins(const Inputs& inputs, Report& report) {
  const Eigen::MatrixXd covariance = analytics::sample_covariance(inputs.returns);
  for (Eigen::Index k = 0; k < covariance.rows(); ++k) {
    for (Eigen::Index j = 0; j < k; ++j) {
      const double both = std::sqrt(covariance(k, k) * covariance(j, j));
      if (!(both > 0) || std::abs(covariance(k, j)) < as_one * both) continue;
      report.warn(fmt::format("{} and {}: their returns are perfectly correlated ({:+.0f}); the covariance is singular",
                              inputs.symbols[static_cast<std::size_t>(j)], inputs.symbols[static_cast<std::size_t>(k)],
                              covariance(k, j) / both));
    }
  }
}

}  // namespace

void look_at_quality(const Prices& prices, const Inputs& inputs, Report& report) {
  for (Eigen::Index column = 0; column < prices.closes.cols(); ++column) {
    Series series{prices.symbols[static_cast<std::size_t>(column)], {}, {}};
    for (Eigen::Index row = 0; row < prices.closes.rows(); ++row) {
      if (std::isnan(prices.closes(row, column))) continue;
      series.dates.push_back(prices.dates[static_cast<std::size_t>(row)]);
      series.closes.push_back(prices.closes(row, column));
    }
    look_at_moves(series, report);
    look_at_stillness(series, report);
    if (!inputs.returns.hasNaN()) look_at_gaps(prices, column, report);
  }
  if (inputs.returns.rows() >= 2) look_at_twins(inputs, report);
  const double share =
      static_cast<double>(inputs.left_out.size()) / static_cast<double>(inputs.left_out.size() + inputs.dates.size());
  if (share > 0.1) {
    report.warn(fmt::format("{} of {} dates are left out: a symbol has no price on them", inputs.left_out.size(),
                            inputs.left_out.size() + inputs.dates.size()));
  }
}

void refuse_few_dates(const std::string& file, const Prices& prices, std::size_t count) {
  std::vector<std::string> shortest;
  const auto rows = static_cast<std::size_t>(prices.closes.rows());
  for (Eigen::Index column = 0; column < prices.closes.cols() && shortest.size() < shown_max; ++column) {
    const auto found = static_cast<std::size_t>((prices.closes.col(column).array() > 0).count());
    if (found < rows)
      shortest.push_back(fmt::format("{} has {} prices", prices.symbols[static_cast<std::size_t>(column)], found));
  }
  throw Mistake(fmt::format("{}: {} date(s) on which every needed symbol has a price; a return needs 2{}{}", file,
                            count, shortest.empty() ? "" : ": of " + std::to_string(rows) + " dates ",
                            fmt::join(shortest, ", ")));
}

}  // namespace bulwark::risk
