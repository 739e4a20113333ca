// SPDX-License-Identifier: Apache-2.0
// The picture of an instance that `bulwark top` draws: what its documents say, the most urgent first.
#pragma once

#include <deque>
#include <nlohmann/json.hpp>
#include <string>

#include "sidecar/operator/page.h"
#include "sidecar/operator/terminal.h"

namespace bulwark::command {

struct Seen {
  nlohmann::ordered_json state;                 // view::state_json; null: the instance does not run
  nlohmann::ordered_json symbols;               // of view::risk_json; null: not known
  std::deque<nlohmann::ordered_json> happened;  // the newest last
  std::string remark;                           // of the whole picture, or empty
};

// As many lines as the screen has; with 0 lines as many as there is to say.
Lines picture(const Seen& seen, ScreenSize size);

}  // namespace bulwark::command
