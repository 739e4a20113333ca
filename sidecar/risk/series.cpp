// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/series.h"

#include <fmt/format.h>

#include "sidecar/risk/mistake.h"

namespace bulwark::risk {

Eigen::VectorXd book_shares(const Request& request, const Inputs& inputs) {
  const Eigen::VectorXd& book = inputs.book();
  const double whole = inputs.money ? request.equity.value_or(book.lpNorm<1>()) : 1;
  if (!(whole > 0)) throw Mistake("--positions: the book is empty: it has no returns");
  return book / whole;
}

Eigen::VectorXd percent_returns(const Request& request, const Inputs& inputs) {
  return 100 * (inputs.last_returns(request.window) * book_shares(request, inputs));
}

Eigen::VectorXd held_returns(const Request& request, const Inputs& inputs) {
  const Eigen::VectorXd& book = inputs.book();
  const Eigen::MatrixXd returns = inputs.last_returns(request.window);
  if (!inputs.money) return returns * book;
  const Eigen::Index count = returns.rows(), last = inputs.closes.rows() - 1;
  const Eigen::VectorXd units = book.cwiseQuotient(inputs.closes.row(last).transpose());
  Eigen::VectorXd wealth = inputs.closes.bottomRows(count + 1) * units;
  if (request.equity) wealth.array() += *request.equity - wealth[count];
  for (Eigen::Index k = 0; k <= count; ++k) {
    if (wealth[k] > 0) continue;
    throw Mistake(fmt::format("--equity: {}: with these positions wealth is {:.2f} on {}, and no share of that exists",
                              request.equity ? "found is too little" : "needed", wealth[k],
                              date_of(inputs, count, k - 1)));
  }
  return wealth.tail(count).cwiseQuotient(wealth.head(count)).array() - 1;
}

const std::string& date_of(const Inputs& inputs, Eigen::Index count, Eigen::Index k) {
  return inputs.dates[inputs.dates.size() - static_cast<std::size_t>(count - k)];
}

}  // namespace bulwark::risk
