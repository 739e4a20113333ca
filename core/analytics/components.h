// SPDX-License-Identifier: Apache-2.0
// Where a book's risk comes from. A component is the weight times the marginal, and the components add up to the whole.
#pragma once

#include <Eigen/Core>

#include "core/analytics/value_at_risk.h"

namespace bulwark::analytics {

struct Components {
  double total = 0;
  Eigen::VectorXd marginal, component;
};

// Of a risk that is `factor` standard deviations, less the mean: `factor` is a quantile for VaR, its tail's mean for
// ES. `means` is empty for a mean of zero. Precondition: the book has a variance.
Components components_of(const Eigen::VectorXd& weights, const Eigen::MatrixXd& covariance, double factor,
                         const Eigen::VectorXd& means = {});

// The total of the whole book less that of the book without each symbol.
Eigen::VectorXd incremental(const Eigen::VectorXd& weights, const Eigen::MatrixXd& covariance, double factor,
                            const Eigen::VectorXd& means = {});

// Of the historical ES (Acerbi and Tasche): each symbol's mean loss in the book's tail. Equal losses count by their
// place.
Components historical_shortfall(const Eigen::VectorXd& weights, const Eigen::MatrixXd& returns, double confidence);

// Of the historical VaR (type 1): each symbol's loss on the day of the VaR. Exact, and as noisy as one day is.
Components historical_value_at_risk(const Eigen::VectorXd& weights, const Eigen::MatrixXd& returns, double confidence);

}  // namespace bulwark::analytics
