// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "sidecar/ledger/status.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "shm/process.h"

namespace bulwark::ledger {

void Status::write(const std::string& run_folder) {
  const auto part = [this](Condition Status::*which) {
    const Condition condition = get(which);
    return nlohmann::ordered_json{{"state", condition.state}, {"seq", condition.sequence}, {"error", condition.error}};
  };
  const nlohmann::ordered_json whole{{"pid", ::getpid()},
                                     {"start_time", shm::process_stat(::getpid()).start_time},
                                     {"postgres", part(&Status::postgres)},
                                     {"redis", part(&Status::redis)}};
  const std::string text = whole.dump() + "\n", path = run_folder + "/ledger", making = path + ".new";
  if (text == written_) return;
  std::ofstream(making) << text;
  if (std::rename(making.c_str(), path.c_str()) == 0) written_ = text;
}

}  // namespace bulwark::ledger
