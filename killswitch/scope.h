// SPDX-License-Identifier: Apache-2.0
// The scope of a stop, a resume or another wish, `--on account=ACC1`, several keys: where they meet. A sector is no
// scope of the kill page: what it is asked for goes through the sidecar.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "killswitch/board_view.h"

namespace bulwark::kill {

struct StopScope {
  Name symbol{}, sector{}, account{}, strategy{}, client{};
  bool whole() const { return symbol.size + sector.size + account.size + strategy.size + client.size == 0; }
  std::string text() const;             // "account=ACC1 symbol=AAPL", or "everything"
  nlohmann::ordered_json json() const;  // {"account": "ACC1", "symbol": "AAPL"}, or {}
};

// Throws Refusal (2) for an unknown key, an empty or impossible name, or a key given twice.
StopScope parse_scope(const std::vector<std::string>& on);

void put_scope(const StopScope& scope, shm::ControlRequest& request);

// Is each name known to the instance? False: the board cannot be read. Throws Refusal (2), naming what is unknown.
bool check_scope(const StopScope& scope, const BoardMapping& board);

}  // namespace bulwark::kill
