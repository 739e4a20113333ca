// SPDX-License-Identifier: Apache-2.0
// A file of daily closes, `date,SYM1,SYM2,...` or `date,symbol,close` (told by its header), as one table.
#pragma once

#include <Eigen/Core>
#include <set>
#include <string>
#include <vector>

namespace bulwark::risk {

struct Prices {
  std::vector<std::string> dates, symbols;  // both ascending
  Eigen::MatrixXd closes;                   // a row for each date; NaN where there is no price
};

// Which part of a file is asked for. Empty: all of it.
struct Wanted {
  std::set<std::string> symbols;
  std::string from, to;  // dates, both taken
};

// What is not wanted is not looked at. Throws Mistake, naming file, line and column: no price is above 0, a date or
// symbol stands twice, a wanted symbol is missing.
Prices read_prices(const std::string& path, const Wanted& wanted);

}  // namespace bulwark::risk
