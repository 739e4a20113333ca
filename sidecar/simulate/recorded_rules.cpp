// SPDX-License-Identifier: Apache-2.0
#include "sidecar/simulate/recorded_rules.h"

#include "sidecar/config/load.h"
#include "sidecar/journal/file.h"

namespace bulwark::simulate {

core::Rules recorded_rules(const std::string& frozen) {
  config::LoadResult loaded = config::load_frozen(frozen);
  if (loaded.good()) return std::move(loaded.settings.rules);
  throw journal::JournalError("a configuration in the journal cannot be read by this build: " +
                              config::format(loaded.mistakes.front()));
}

}  // namespace bulwark::simulate
