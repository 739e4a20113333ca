// SPDX-License-Identifier: Apache-2.0
// How far wealth fell below its highest, how often, and for how long. Wealth begins at 1 on the day before the first
// return, and that counts as a peak.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

namespace bulwark::analytics {

// From a peak down to the trough and back. Places on the path of wealth: 0 is the start, k the day of return k - 1.
struct Drawdown {
  double depth;  // share of the peak, positive
  Eigen::Index peak, trough;
  std::optional<Eigen::Index> recovery;  // none: still below the peak
  Eigen::Index days_to_trough, days_underwater;
};

struct Drawdowns {
  std::vector<Drawdown> episodes;  // the deepest first
  double deepest;                  // 0: never below a peak
  double current;
  double ulcer_index, pain_index;  // root mean square, and mean, of every day's
  double final_wealth;
  Eigen::Index longest_underwater_days;
};

// Throws std::invalid_argument where there are no returns, or one is below -1 or no number.
Drawdowns drawdowns(const Eigen::VectorXd& returns);

// Wealth from 1 on: one place more than returns. Throws like drawdowns.
Eigen::VectorXd wealth(const Eigen::VectorXd& returns);

}  // namespace bulwark::analytics
