// SPDX-License-Identifier: Apache-2.0
// The instance that a command is about: found by name, or by the name in a configuration file that need not be valid.
#pragma once

#include <string>

#include "shm/kill_page.h"
#include "shm/mapping.h"

namespace bulwark::kill {

// `[instance] name` of a TOML file, read line by line: the stop must work with a file that the real reader refuses.
// Empty: not found. Only what belongs to the name is looked at.
std::string instance_name_in(const std::string& toml);

// The name from --instance, else from --config (or BULWARK_CONFIG) and its override in the environment. Throws Refusal.
std::string choose_instance(const std::string& instance, const std::string& config_file);

struct Instance {
  std::string name;
  std::string folder;  // RUN/NAME
  shm::Mapping<shm::KillPage> page;
  shm::Mapping<const shm::Board> board;  // may not be Ready: everything but a resume does without

  bool sidecar_alive() const;
  bool watchdog_alive() const;
  bool up_alive() const;
};

// Throws Refusal (3) where no such instance runs.
Instance open_instance(const std::string& name);

}  // namespace bulwark::kill
