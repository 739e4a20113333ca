// SPDX-License-Identifier: Apache-2.0
// Reads [[NAME, ARGUMENTS], ...] from standard input, writes the results in the same order.
#include "tests/analytics/functions.h"

#include <iostream>

int main() {
  using namespace bulwark::analytics;
  Functions functions;
  add_risk_functions(functions);
  add_series_functions(functions);
  Json results = Json::array();
  for (const Json& call : Json::parse(std::cin)) results.push_back(functions.at(call[0].get<std::string>())(call[1]));
  std::cout << results.dump() << std::endl;
}
