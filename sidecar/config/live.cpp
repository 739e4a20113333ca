// SPDX-License-Identifier: Apache-2.0
// What a running sidecar cannot do yet, it refuses at load.
#include "sidecar/config/load.h"

namespace bulwark::config {

LoadResult load_live(const std::string& path, const Environment& environment) {
  LoadResult result = load(path, environment);
  for (const core::Limit& limit : result.settings.rules.limits) {
    if (limit.action != Action::Liquidate) continue;
    const std::string key = "limit." + limit.name + ".action";
    Place place{path, 0, ""};
    for (const Origin& value : result.values) {
      if (value.key == key && value.from != From::Default) place = value.place;
    }
    result.mistakes.push_back({place, key,
                               "found \"liquidate\"; a running sidecar has nobody yet to give the orders of a "
                               "liquidation to (only `bulwark simulate` carries it out): take reduce_only or halt"});
  }
  return result;
}

}  // namespace bulwark::config
