// SPDX-License-Identifier: Apache-2.0
// `bulwark reconcile`: our positions beside the broker's, and what a named person takes over from the broker.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine.h"

namespace CLI {
class App;
}

namespace bulwark::command {

void add_reconcile_command(CLI::App& app, std::function<int()>& chosen);

// A line of the broker's file.
struct BrokerPosition {
  int line;
  std::string account, symbol;
  std::int64_t position;  // raw decimal, negative where short
};

// `text`: account,symbol,position with a header line (other columns are not looked at). Each mistake is a line of its
// own in `mistakes`, "NAME:LINE: message".
std::vector<BrokerPosition> parse_positions(std::string_view text, const std::string& name,
                                            std::vector<std::string>& mistakes);

struct Difference {
  std::string account, symbol;
  std::int64_t broker, ours, working_buy, working_sell;  // raw decimals
  std::string why_not;                                   // it cannot be adopted; empty: it can
};

// What differs in the accounts that the broker names: a symbol of theirs that it does not list, it holds nothing of.
std::vector<Difference> compare(const core::Engine& engine, const std::vector<BrokerPosition>& broker);

}  // namespace bulwark::command
