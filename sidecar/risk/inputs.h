// SPDX-License-Identifier: Apache-2.0
// What the files say, put together: prices on the dates on which every needed symbol has one (with --overlap on all
// dates, NaN where there is none), returns, and the book.
#pragma once

#include <Eigen/Core>
#include <map>
#include <string>
#include <vector>

#include "sidecar/risk/report.h"
#include "sidecar/risk/request.h"

namespace bulwark::risk {

struct Position {
  std::string symbol, strategy;  // strategy: empty where the file has no such column
  double amount = 0;             // units, or a share of equity
};

struct Inputs {
  std::vector<std::string> symbols;  // ascending; the axes of everything below
  std::vector<std::string> dates;    // up to --as-of
  std::vector<std::string> left_out;
  Eigen::MatrixXd closes;   // a row for each date
  Eigen::MatrixXd returns;  // simple; row k belongs to dates[k + 1]
  std::vector<Position> positions;
  Eigen::VectorXd weights;  // shares of equity, or money at the last closes; empty: no book
  bool money = false;
  std::map<std::string, std::string> sectors;  // by symbol

  // Throws Mistake where there is neither a file of positions nor one symbol alone.
  const Eigen::VectorXd& book() const;
  const std::string& sector(const std::string& symbol) const;
  // The last `window` returns, all where it is 0 or there are fewer.
  Eigen::MatrixXd last_returns(std::size_t window) const;
  // Of the book, as if it had been held with these weights on every day; a loss is negative.
  Eigen::VectorXd book_returns() const { return returns * book(); }
};

// Reads the files of a request and describes them in the report. What looks wrong in prices is warned of; what nothing
// can be made of is refused. Throws Mistake.
Inputs read_inputs(const Request& request, Report& report);

}  // namespace bulwark::risk
