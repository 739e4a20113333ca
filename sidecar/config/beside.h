// SPDX-License-Identifier: Apache-2.0
// The settings of an instance for a program that stands beside it: by its configuration file, or by its name while it
// runs. Such a program has no use for the model: where the model's files alone are wrong, it goes on.
#pragma once

#include <stdexcept>
#include <string>

#include "sidecar/config/settings.h"

namespace bulwark::config {

class NoSettings : public std::runtime_error {
public:
  NoSettings(bool is_running, const std::string& why) : std::runtime_error(why), running(is_running) {}
  const bool running;  // false: it is the name of an instance that does not run
};

// Throws NoSettings, with every mistake.
Settings settings_beside(const std::string& instance, const std::string& config_file);

}  // namespace bulwark::config
