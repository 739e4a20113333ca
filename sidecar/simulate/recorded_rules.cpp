// SPDX-License-Identifier: Apache-2.0
#include "sidecar/simulate/recorded_rules.h"

#include "sidecar/config/load.h"
#include "sidecar/journal/file.h"

namespace bulwark::simulate {

config::Settings recorded_settings(const std::string& frozen) {
  config::LoadResult loaded = config::load_frozen(frozen);
  if (loaded.good()) return std::move(loaded.settings);
  throw journal::JournalError("a configuration in the journal cannot be read by this build: " +
                              config::format(loaded.mistakes.front()));
}

core::Rules recorded_rules(const std::string& frozen) { return recorded_settings(frozen).rules; }

}  // namespace bulwark::simulate
