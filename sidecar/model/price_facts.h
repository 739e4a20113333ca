// SPDX-License-Identifier: Apache-2.0
// What the prices behind a model are like: what the next ones are held against, so that a halved price, a file that
// was cut off or a feed that stands still is not estimated from without a word.
#pragma once

#include <string>
#include <vector>

#include "sidecar/model/estimate.h"

namespace bulwark::model {

struct PriceFacts {
  std::size_t dates = 0;
  std::string last_date;
  std::vector<std::string> oddities;  // what prices seldom do, each in words, the newest first
  friend bool operator==(const PriceFacts&, const PriceFacts&) = default;
};

PriceFacts facts_of(const Closes& closes);

}  // namespace bulwark::model
