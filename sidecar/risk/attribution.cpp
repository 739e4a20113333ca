// SPDX-License-Identifier: Apache-2.0
// `bulwark risk attribution`: where the return from the first date to the last came from. The book is held as it is:
// its weights are those of the first date.
#include <fmt/format.h>

#include <map>

#include "sidecar/risk/attribution_parts.h"
#include "sidecar/risk/mistake.h"
#include "sidecar/risk/whats.h"

namespace bulwark::risk {

namespace {

// Of one unit of each symbol's weight, or of its money at the last date.
struct Held {
  Eigen::VectorXd returns;  // of the whole time
  Eigen::VectorXd start;    // value at the first date: shares of equity, or money
};

Held held(const Request& request, const Inputs& inputs) {
  const Eigen::Index count = inputs.last_returns(request.window).rows(), end = inputs.closes.rows() - 1;
  const Eigen::VectorXd first = inputs.closes.row(end - count), last = inputs.closes.row(end);
  const Eigen::VectorXd& book = inputs.book();
  return {last.cwiseQuotient(first).array() - 1,
          inputs.money ? Eigen::VectorXd(book.cwiseProduct(first).cwiseQuotient(last)) : book};
}

void add_groups(const char* key, const std::map<std::string, double>& sums, Report& report) {
  for (const auto& [name, sum] : sums) report.add("contribution", sum)[key] = name;
}

void add_strategies(const Inputs& inputs, const Held& book, Report& report) {
  std::map<std::string, double> sums;
  for (const Position& position : inputs.positions) {
    if (position.strategy.empty()) return;
    const auto k =
        std::lower_bound(inputs.symbols.begin(), inputs.symbols.end(), position.symbol) - inputs.symbols.begin();
    const double value = inputs.money
                             ? position.amount * inputs.closes(inputs.closes.rows() - 1, k) / (1 + book.returns[k])
                             : position.amount;
    sums[position.strategy] += value * book.returns[k];
  }
  add_groups("strategy", sums, report);
}

}  // namespace

void attribution(const Request& request, const Inputs& inputs, Report& report) {
  const Held book = held(request, inputs);
  const Eigen::VectorXd contributions = book.start.cwiseProduct(book.returns);
  std::map<std::string, double> sectors;
  for (std::size_t k = 0; k < inputs.symbols.size(); ++k) {
    const double one = contributions[static_cast<Eigen::Index>(k)];
    report.add("contribution", one)["symbol"] = inputs.symbols[k];
    if (!inputs.sectors.empty()) sectors[inputs.sector(inputs.symbols[k])] += one;
  }
  add_groups("sector", sectors, report);
  add_strategies(inputs, book, report);
  report.add("total", contributions.sum());
  if (!request.benchmark.empty()) add_brinson(request, inputs, book.start, contributions, report);
  if (!request.factors.empty()) add_factors(request, inputs, report);
}

}  // namespace bulwark::risk
