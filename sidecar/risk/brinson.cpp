// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>

#include "core/analytics/attribution.h"
#include "sidecar/risk/attribution_parts.h"
#include "sidecar/risk/columns.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/prices.h"

namespace bulwark::risk {

namespace {

constexpr const char* cash = "cash";  // what weights leave up to 1, and earns nothing
constexpr double nearly_all = 1e-9;

struct Side {
  double weight = 0, contribution = 0;
};

struct Sector {
  Side portfolio, benchmark;
};

using Sectors = std::map<std::string, Sector>;

// symbol,weight or symbol,quantity, as the book's own file; quantities are weighed by their value at the first date.
void add_benchmark(const Request& request, const Inputs& inputs, const std::string& first, Sectors& sectors) {
  const Columns columns(request.benchmark);
  const bool units = columns.has("quantity");
  std::map<std::string, double> amounts;
  for (std::size_t row = 0; row < columns.count(); ++row)
    amounts[columns.text(row, "symbol")] += columns.number(row, units ? "quantity" : "weight");
  Wanted wanted{{}, first, inputs.dates.back()};
  for (const auto& [symbol, amount] : amounts) wanted.symbols.insert(symbol);
  const Prices prices = read_prices(request.prices, wanted);
  const Eigen::RowVectorXd begin = prices.closes.row(0), end = prices.closes.row(prices.closes.rows() - 1);
  double whole = 0;
  for (Eigen::Index k = 0; k < begin.size(); ++k) {
    double& amount = amounts[prices.symbols[static_cast<std::size_t>(k)]];
    if (std::isnan(begin[k]) || std::isnan(end[k])) {
      throw Mistake(request.benchmark + ": " + prices.symbols[static_cast<std::size_t>(k)] + " has no price on " +
                    (std::isnan(begin[k]) ? first : inputs.dates.back()));
    }
    if (units) amount *= begin[k];
    whole += amount;
  }
  if (units && !(whole > 0)) throw Mistake(request.benchmark + ": its value is not above zero");
  for (Eigen::Index k = 0; k < begin.size(); ++k) {
    const std::string& symbol = prices.symbols[static_cast<std::size_t>(k)];
    const double weight = amounts[symbol] / (units ? whole : 1);
    Side& side = sectors[inputs.sector(symbol)].benchmark;
    side.weight += weight;
    side.contribution += weight * (end[k] / begin[k] - 1);
  }
}

void add_cash(Sectors& sectors) {
  double portfolio = 1, benchmark = 1;
  for (const auto& [name, sector] : sectors) {
    portfolio -= sector.portfolio.weight;
    benchmark -= sector.benchmark.weight;
  }
  if (std::abs(portfolio) > nearly_all) sectors[cash].portfolio.weight += portfolio;
  if (std::abs(benchmark) > nearly_all) sectors[cash].benchmark.weight += benchmark;
}

}  // namespace

void add_brinson(const Request& request, const Inputs& inputs, const Eigen::VectorXd& start,
                 const Eigen::VectorXd& contributions, Report& report) {
  const double whole = inputs.money ? start.sum() : 1;
  if (!(whole > 0)) throw Mistake("--positions: the book's value is not above zero: there are no weights to compare");
  const std::size_t count = static_cast<std::size_t>(inputs.last_returns(request.window).rows());
  Sectors sectors;
  for (std::size_t k = 0; k < inputs.symbols.size(); ++k) {
    Side& side = sectors[inputs.sector(inputs.symbols[k])].portfolio;
    side.weight += start[static_cast<Eigen::Index>(k)] / whole;
    side.contribution += contributions[static_cast<Eigen::Index>(k)] / whole;
  }
  add_benchmark(request, inputs, inputs.dates[inputs.dates.size() - 1 - count], sectors);
  add_cash(sectors);
  const auto size = static_cast<Eigen::Index>(sectors.size());
  Eigen::VectorXd weights(size), benchmark_weights(size), returns(size), benchmark_returns(size);
  Eigen::Index k = 0;
  for (const auto& [name, sector] : sectors) {
    weights[k] = sector.portfolio.weight;
    benchmark_weights[k] = sector.benchmark.weight;
    for (const Side* side : {&sector.portfolio, &sector.benchmark}) {
      if (std::abs(side->weight) < nearly_all && std::abs(side->contribution) > nearly_all)
        throw Mistake(name + ": long and short add up to no weight, so that this sector has no return");
    }
    // What only one of the two holds has no return in the other: that the other left it out is allocation, all of it.
    const auto of = [](const Side& mine, const Side& other) {
      if (mine.weight != 0) return mine.contribution / mine.weight;
      return other.weight != 0 ? other.contribution / other.weight : 0;
    };
    returns[k] = of(sector.portfolio, sector.benchmark);
    benchmark_returns[k++] = of(sector.benchmark, sector.portfolio);
  }
  const analytics::Brinson found = analytics::brinson_fachler(weights, benchmark_weights, returns, benchmark_returns);
  k = 0;
  for (const auto& [name, sector] : sectors) {
    const auto add = [&](const char* what, double value) { report.add(what, value)["sector"] = name; };
    add("allocation", found.allocation[k]);
    add("selection", found.selection[k]);
    add("interaction", found.interaction[k]);
    add("portfolio_weight", weights[k]);
    add("benchmark_weight", benchmark_weights[k]);
    add("portfolio_sector_return", returns[k]);
    add("benchmark_sector_return", benchmark_returns[k]);
    ++k;
  }
  report.add("benchmark_return", found.benchmark);
  report.add("active_return", found.portfolio - found.benchmark);
}

}  // namespace bulwark::risk
