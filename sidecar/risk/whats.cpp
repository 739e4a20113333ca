// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/whats.h"

#include <algorithm>
#include <array>

#include "sidecar/risk/mistake.h"

namespace bulwark::risk {

namespace {

constexpr std::array table{
    What{"covariance", "covariances of daily returns, and each symbol's volatility", covariance},
    What{"correlation", "correlations of daily returns, and each symbol's volatility", correlation},
    What{"var", "value at risk of the book", value_at_risk},
    What{"es", "expected shortfall of the book: the mean loss beyond the VaR", expected_shortfall},
    What{"components", "each symbol's (with --sectors: each sector's) part of VaR and ES, and what one more would add",
         components},
    What{"incremental", "VaR of the book less VaR of the book without each symbol", incremental},
    What{"backtest", "whether the VaR of each day before held: exceptions and their tests", backtest},
    What{"sectors", "gross, net, long and short of each sector", sectors},
    What{"stress", "losses of the book in scenarios, VaR in a crisis, the nearest shock that loses so much", stress},
    What{"drawdown", "how far the book fell below its highest value, and what it earned for that", drawdown},
    What{"kelly", "the share of wealth in each symbol with which it grows fastest", kelly},
    What{"garch", "GARCH(1,1) of the book's returns in percent, and tomorrow's volatility", garch},
    What{"regime", "calm or storm: a hidden Markov chain of the book's returns in percent", regime},
    What{"attribution", "where the book's return came from: symbols, sectors, strategies, benchmark, factors",
         attribution},
};

}  // namespace

std::span<const What> whats() { return table; }

Report answer(const Request& request) {
  check(request);
  const auto what = std::find_if(table.begin(), table.end(), [&](const What& one) { return one.name == request.what; });
  if (what == table.end()) throw Mistake("\"" + request.what + "\" is nothing that can be asked");
  if (request.fit_degrees && request.what != "var" && request.what != "es")
    throw Mistake("--degrees fit: is of var and es; name a number for " + request.what);
  Report report(request.what);
  const Inputs inputs = read_inputs(request, report);
  what->answer(request, inputs, report);
  return report;
}

}  // namespace bulwark::risk
